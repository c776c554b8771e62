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
    engine: String, engineVersion: String? = nil, context: String? = nil, contextSource: String? = nil, server: String? = nil, allowed: Bool = true,
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
    engine = try shape.required("engine", \.engine, as: .word(["helm", "podman"]), "what would run it")
    engineVersion = try shape.optional("engineVersion", \.engineVersion, "when it is there")
    context = try shape.optional("context", \.context, "the kube context")
    contextSource = try shape.optional("contextSource", \.contextSource, "what named it, or current")
    server = try shape.optional("server", \.server, "the cluster's address")
    allowed = try shape.optional(
      "allowed", \.allowed, else: false,
      "false when it is not plainly local and nobody named it, or a repository did that is not trusted")
    namespace = try shape.required("namespace", \.namespace, "of Kubernetes")
    registry = try shape.optional("registry", \.registry, "where images are pushed")
    builder = try shape.required("builder", \.builder, "what builds them")
    remote = try shape.optional("remote", \.remote, "where the server is that the setting of this name means")
    remoteImage = try shape.optional("remoteImage", \.remoteImage, "the image of one in a cluster")
    remoteReady = try shape.optional("remoteReady", \.remoteReady, "whether it is ready")
    remoteTrouble = try shape.optional("remoteTrouble", \.remoteTrouble, "why it cannot be used")
    replaces = try shape.optional(
      "replaces", \.replaces, "whose release is there, where that is somebody else's and has been told")
  }
}
