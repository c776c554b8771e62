/// `target`: where a release would go.
public struct Target: Member, Equatable {
  public static let name = "target"
  public static let about = About(by: "draft-target", for: "people", "Where a release would go.")

  public var engine: String
  /// The engine's version: `v3.17.3`; nil if the engine is missing.
  public var engineVersion: String?
  public var context: String?
  /// Where the context is named: `draft.toml:7`, or `current`.
  public var contextSource: String?
  public var server: String?
  /// Whether draft would release there: a context that is not plainly local must be named explicitly.
  public var allowed: Bool
  public var namespace: String
  public var registry: String?
  public var builder: String
  /// The server named by the setting `remote`: `kube:draft`.
  public var remote: String?
  public var remoteImage: String?
  public var remoteReady: Bool?
  public var remoteTrouble: String?
  /// The owner of the release that would be replaced, if already known: `ann@laptop:/home/ann/web`.
  public var replaces: String?

  public init(
    engine: String, engineVersion: String? = nil, context: String? = nil, contextSource: String? = nil,
    server: String? = nil, allowed: Bool = true,
    namespace: String, registry: String? = nil, builder: String
  ) {
    self.engine = engine
    self.engineVersion = engineVersion
    self.context = context
    self.contextSource = contextSource
    self.server = server
    self.allowed = allowed
    self.namespace = namespace
    self.registry = registry
    self.builder = builder
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    engine = try shape.required(
      "engine", \.engine, as: .word(["helm", "podman"]), "the engine that would run the release")
    engineVersion = try shape.optional("engineVersion", \.engineVersion, "its version, if it is installed")
    context = try shape.optional("context", \.context, "the kube context")
    contextSource = try shape.optional("contextSource", \.contextSource, "where the kube context was named, or current")
    server = try shape.optional("server", \.server, "the address of the cluster")
    allowed = try shape.optional(
      "allowed", \.allowed, else: false,
      "false if it is not plainly local and was not named, or only by a repository that is not trusted")
    namespace = try shape.required("namespace", \.namespace, "the Kubernetes namespace")
    registry = try shape.optional("registry", \.registry, "the registry that images are pushed to")
    builder = try shape.required("builder", \.builder, "the builder of images")
    remote = try shape.optional("remote", \.remote, "the place of the server in the setting remote")
    remoteImage = try shape.optional("remoteImage", \.remoteImage, "the image of a server in a cluster")
    remoteReady = try shape.optional("remoteReady", \.remoteReady, "whether the server is ready")
    remoteTrouble = try shape.optional("remoteTrouble", \.remoteTrouble, "why the server cannot be used")
    replaces = try shape.optional(
      "replaces", \.replaces, "who made the existing release, if that was someone else and it has been reported")
  }
}
