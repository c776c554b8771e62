/// `use`: a chart that releases are of.
public struct ChartUse: Member, Equatable {
  public static let name = "use"
  public static let about = About(
    by: "draft-charts, draft-instances", for: "people",
    "A version of a chart in use, and the releases that are of it.")

  public var chart: String
  public var name: String
  public var version: String?
  public var newest: String?
  public var parent: String?
  public var releases: [String]

  public init(
    chart: String, name: String, version: String?, newest: String? = nil, parent: String? = nil,
    releases: [String] = []
  ) {
    (self.chart, self.name, self.version, self.newest) = (chart, name, version, newest)
    (self.parent, self.releases) = (parent, releases)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    chart = try shape.required(
      "chart", \.chart, "a reference to it in this version, or NAME-VERSION if it is not known where it came from")
    name = try shape.required("name", \.name, "the name of the chart")
    version = try shape.optional("version", \.version, "its version; a constraint for a sub-chart")
    newest = try shape.optional("newest", \.newest, "the newest version in the repository, if helm knows it by name")
    parent = try shape.optional("parent", \.parent, "NAME-VERSION of the chart that it is a sub-chart of")
    releases = try shape.optional("releases", \.releases, else: [], "NAMESPACE/NAME of each release")
  }
}
