/// `app`: the application of the line, and the environment it is being delivered to.
public struct App: Member, Equatable {
  public static let name = "app"
  public static let about = About(
    by: "the command that begins the line", for: "every stage",
    "The application, and the environment the line is on its way to.")

  public var name: String
  public var dir: String
  public var environment: String
  public var namespace: String
  /// nil means the current context, if it is plainly local.
  public var context: String?
  /// The user and host, if they are not those of the process that reads the line: set for a server.
  public var by: String?

  public init(
    name: String, dir: String, environment: String = "development", namespace: String = "default", context: String? = nil,
    by: String? = nil
  ) {
    self.name = name
    self.dir = dir
    self.environment = environment
    self.namespace = namespace
    self.context = context
    self.by = by
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    name = try shape.required("name", \.name, "DNS-1123 safe; names the release, the repository and the chart")
    dir = try shape.required(
      "dir", \.dir,
      "its directory, absolute; empty where it is known by its name alone, as on the lines of draft-list, which a stage "
        + "that needs the source refuses")
    environment = try shape.optional("environment", \.environment, else: "development", "a section of draft.toml")
    namespace = try shape.optional("namespace", \.namespace, else: "default", "of Kubernetes")
    context = try shape.optional("context", \.context, "the kube context, where one was named")
    by = try shape.optional("by", \.by, "for whom a server releases, and from where, as in ann@laptop:/home/ann/web")
  }
}
