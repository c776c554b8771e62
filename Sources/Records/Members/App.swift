/// `app`: the application of the line, and the environment it is being delivered to.
public struct App: Member, Equatable {
  public static let name = "app"
  public static let about = About(
    by: "the first command of the pipe", for: "every stage",
    "The application and its environment.")

  public var name: String
  public var dir: String
  public var environment: String
  public var namespace: String
  /// nil means the current context, if it is plainly local.
  public var context: String?
  /// The user and host, if they are not those of the process that reads the line: set for a server.
  public var by: String?
  /// The file of environments that declares it, absolute.
  public var declaredIn: String?

  public init(
    name: String, dir: String, environment: String = "development", namespace: String = "default",
    context: String? = nil, by: String? = nil, declaredIn: String? = nil
  ) {
    self.name = name
    self.dir = dir
    self.environment = environment
    self.namespace = namespace
    self.context = context
    self.by = by
    self.declaredIn = declaredIn
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    name = try shape.required("name", \.name, "a DNS-1123 label; the name of the release, the repository and the chart")
    dir = try shape.required(
      "dir", \.dir,
      "its directory, absolute; empty if only the name is known, as in the records of draft-list, which stages that "
        + "need "
        + "the source reject")
    environment = try shape.optional("environment", \.environment, else: "development", "the section of draft.toml")
    namespace = try shape.optional("namespace", \.namespace, else: "default", "the Kubernetes namespace")
    context = try shape.optional("context", \.context, "the kube context, if one was named")
    by = try shape.optional(
      "by", \.by, "the user and directory that a server releases for, as in ann@laptop:/home/ann/web")
    declaredIn = try shape.optional(
      "declaredIn", \.declaredIn, "the file of environments that declares it and names the kube context, absolute")
  }
}
