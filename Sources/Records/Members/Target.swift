/// `target`: where a release would go. Written by draft-target.
public struct Target: Member, Equatable {
  public static let name = "target"

  /// `helm` or `podman`.
  public var engine: String
  /// The engine's version: `v3.17.3`; nil when it is not there.
  public var engineVersion: String?
  /// The kube context; nil for podman.
  public var context: String?
  /// Where the context is named: `draft.toml:7`, or `current`.
  public var contextSource: String?
  /// The address of the cluster.
  public var server: String?
  /// Whether draft would release there: a context that is not plainly local has to be named.
  public var allowed: Bool
  public var namespace: String
  public var registry: String?
  public var builder: String
  /// The server that the setting `remote` names: `kube:draft`.
  public var remote: String?
  /// Of one in a cluster: its image, and whether it is ready.
  public var remoteImage: String?
  public var remoteReady: Bool?
  /// Why it cannot be used, in words.
  public var remoteTrouble: String?
  /// Whose release it is that a release would replace, where that is told already: `ann@laptop:/home/ann/web`.
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

  public init(_ fields: Fields) throws(RecordError) {
    engine = try fields.string("engine")
    engineVersion = try fields.optionalString("engineVersion")
    context = try fields.optionalString("context")
    contextSource = try fields.optionalString("contextSource")
    server = try fields.optionalString("server")
    allowed = try fields.optionalBool("allowed") ?? false
    namespace = try fields.string("namespace")
    registry = try fields.optionalString("registry")
    builder = try fields.string("builder")
    remote = try fields.optionalString("remote")
    remoteImage = try fields.optionalString("remoteImage")
    remoteReady = try fields.optionalBool("remoteReady")
    remoteTrouble = try fields.optionalString("remoteTrouble")
    replaces = try fields.optionalString("replaces")
  }

  public var json: JSON {
    .members([
      "engine": .string(engine), "engineVersion": engineVersion.map(JSON.string), "context": context.map(JSON.string),
      "contextSource": contextSource.map(JSON.string), "server": server.map(JSON.string), "allowed": .bool(allowed), "namespace": .string(namespace),
      "registry": registry.map(JSON.string), "builder": .string(builder), "remote": remote.map(JSON.string), "remoteImage": remoteImage.map(JSON.string),
      "remoteReady": remoteReady.map(JSON.bool), "remoteTrouble": remoteTrouble.map(JSON.string), "replaces": replaces.map(JSON.string),
    ])
  }
}
