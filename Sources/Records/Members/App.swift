/// `app`: the application of the line and the environment it is on its way to. Written by the command that starts the line.
public struct App: Member, Equatable {
  public static let name = "app"

  /// DNS-1123 safe; the release, the repository and the chart are named by it.
  public var name: String
  /// The application's directory, absolute.
  public var dir: String
  public var environment: String
  public var namespace: String
  /// The kube context, when one is named; nil means the current one, if that is plainly local.
  public var context: String?
  /// Who releases it from where, `ann@laptop:/home/ann/web`, when that is not who reads the line: a server is told so.
  public var by: String?

  public init(name: String, dir: String, environment: String = "development", namespace: String = "default", context: String? = nil, by: String? = nil) {
    self.name = name
    self.dir = dir
    self.environment = environment
    self.namespace = namespace
    self.context = context
    self.by = by
  }

  public init(_ fields: Fields) throws(RecordError) {
    name = try fields.string("name")
    dir = try fields.string("dir")
    environment = try fields.optionalString("environment") ?? "development"
    namespace = try fields.optionalString("namespace") ?? "default"
    context = try fields.optionalString("context")
    by = try fields.optionalString("by")
  }

  public var json: JSON {
    .members([
      "name": .string(name), "dir": .string(dir), "environment": .string(environment), "namespace": .string(namespace),
      "context": context.map(JSON.string), "by": by.map(JSON.string),
    ])
  }
}
