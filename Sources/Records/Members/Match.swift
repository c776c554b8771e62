/// `match`: a chart that a search has found.
public struct Match: Member, Equatable {
  public static let name = "match"
  public static let about = About(
    by: "draft-search", for: "people", "A chart that the words of a search are found in, one line for each.")

  public var reference: String
  public var repository: String
  public var chart: String
  public var version: String
  public var appVersion: String?
  public var description: String?
  public var deprecated: Bool

  public init(
    reference: String, repository: String, chart: String, version: String, appVersion: String?, description: String?,
    deprecated: Bool
  ) {
    (self.reference, self.repository, self.chart, self.version) = (reference, repository, chart, version)
    (self.appVersion, self.description, self.deprecated) = (appVersion, description, deprecated)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    reference = try shape.required("reference", \.reference, "REPO/NAME#VERSION, as draft-fetch takes it")
    repository = try shape.required("repository", \.repository, "the name that helm has for the repository")
    chart = try shape.required("chart", \.chart, "the name of the chart")
    version = try shape.required("version", \.version, "of the chart")
    appVersion = try shape.optional("appVersion", \.appVersion, "the version of what the chart installs")
    description = try shape.optional("description", \.description, "on one line, the first thousand bytes")
    deprecated = try shape.optional(
      "deprecated", \.deprecated, else: false, sparse: true, "whether the chart says that it is deprecated")
  }
}
