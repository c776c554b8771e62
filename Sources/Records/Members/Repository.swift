/// `repository`: a chart repository that helm knows by name.
public struct Repository: Member, Equatable {
  public static let name = "repository"
  public static let about = About(
    by: "draft-repo", for: "people", "A chart repository that helm knows by name.")

  public var name: String
  public var url: String
  public var login: Bool
  public var index: String?
  public var charts: Int?

  public init(name: String, url: String, login: Bool, index: String?, charts: Int? = nil) {
    (self.name, self.url, self.login, self.index, self.charts) = (name, url, login, index, charts)
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    name = try shape.required("name", \.name, "the name before the slash of a reference")
    url = try shape.required("url", \.url, "where it is")
    login = try shape.optional(
      "login", \.login, else: false, sparse: true, "whether helm has a user name and password for it")
    index = try shape.optional("index", \.index, "its index on this machine, absolute")
    charts = try shape.optional("charts", \.charts, "how many charts the new index has, after add and update")
  }
}
