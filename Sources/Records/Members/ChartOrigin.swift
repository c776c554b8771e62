/// `origin`: where the chart of a release came from.
public struct ChartOrigin: Member, Equatable {
  public static let name = "origin"
  public static let about = About(
    by: "draft-release, draft-redeploy, draft-charts, draft-instances", for: "draft-release, people",
    "Where the chart of the release came from; it is stored with the release.")

  public var directory: String?
  public var host: String?
  public var reference: String?
  public var digest: String
  public var values: [String]

  public init(
    directory: String? = nil, host: String? = nil, reference: String? = nil, digest: String, values: [String] = []
  ) {
    (self.directory, self.host, self.reference, self.digest, self.values) = (directory, host, reference, digest, values)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    directory = try shape.optional("directory", \.directory, "the directory or the archive of the chart, absolute")
    host = try shape.optional("host", \.host, "the machine that has it")
    reference = try shape.optional("reference", \.reference, "a reference to the chart in this version")
    digest = try shape.required("digest", \.digest, "of the archive that was released")
    values = try shape.optional("values", \.values, else: [], sparse: true, "the values files, absolute")
  }

  /// A reference that finds the chart again.
  public var place: String { directory ?? reference ?? "" }
}
