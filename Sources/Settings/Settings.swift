import Command
import Records

/// The settings of one application in one environment: command line > environment variable > draft.toml > config.toml >
/// default. The default namespace is the kube context's.
public struct Settings: Sendable {
  /// The environment's name: `development`.
  public var environment: String
  public var name: String
  public var namespace: String
  /// `127.0.0.1:5000` or `docker.io/me`; nil means that images are not pushed.
  public var registry: String?
  /// `buildah`, `docker`, `podman`, or the NAME of a `draft-builder-NAME` on PATH.
  public var builder: String
  /// Relative to the application's directory.
  public var dockerfile: String
  /// The chart's directory, relative to the application's; nil means the one in `charts/`.
  public var chart: String?
  public var buildTar: String?
  public var chartTar: String?
  /// Strings for helm's `--set`, each with its source (`draft.toml:7`).
  public var set: [(text: String, source: String)]
  public var wait: Bool
  public var watch: Bool
  /// The seconds without a change after which a change counts as complete.
  public var watchDelay: Double
  public var overridePorts: [String]
  public var autoConnect: Bool
  public var customTags: [String]
  public var buildArguments: [(name: String, value: String)]
  /// The kube context, if one is named; nil allows only a current context that is plainly local.
  public var kubeContext: String?
  /// The directory whose draft.toml names the context; nil if the user named it. See ``Trust``.
  public var contextNamedIn: String?
  /// The file there that names it, if that is one of environments.
  package var contextFile: String?
  /// `helm` or `podman`; nil if it is not set, or if a kube context is named with higher precedence.
  public var engine: String?
  /// The server for `draft remote`; nil if none is set.
  public var remote: String?
  /// Whether to refuse to replace a release that draft made for another user or from another directory.
  public var exclusive: Bool
  public var basedomain: String
  public var disablePushWarning: Bool
  /// The source of each value, by key name. See ``source(of:)``.
  var sources: [String: String] = [:]

  public static let defaultEnvironment = "development"

  /// The defaults of all keys.
  public init(name: String, environment: String = Settings.defaultEnvironment) {
    self.environment = environment
    self.name = name
    namespace = "default"
    registry = nil
    builder = "buildah"
    dockerfile = "Dockerfile"
    chart = nil
    buildTar = nil
    chartTar = nil
    set = []
    wait = true
    watch = false
    watchDelay = 2
    overridePorts = []
    autoConnect = false
    customTags = []
    buildArguments = []
    kubeContext = nil
    contextNamedIn = nil
    contextFile = nil
    engine = nil
    remote = nil
    exclusive = false
    basedomain = ""
    disablePushWarning = false
  }

  /// The application in the namespace of these settings, for commands that query the cluster.
  public func place(_ app: App) -> App {
    var app = app
    app.namespace = namespace
    return app
  }

  /// The source of a key's value: `draft.toml:7`, `$DRAFT_REGISTRY`, `--registry`, `config.toml:2`, `record` if an
  /// earlier stage decided it, `kubeconfig` for the namespace of the kube context, or `default`.
  public func source(of key: String) -> String { sources[key] ?? "default" }

  /// Whether the command line says where it is to run: that counts for more than where it has run before.
  public var asksForEngine: Bool { [Key.engine, .kubeContext].contains { source(of: $0.name).hasPrefix("--") } }

  /// Whether the command line names a Dockerfile: that counts for more than the one a record has been packed for.
  public var asksForDockerfile: Bool { source(of: Key.dockerfile.name).hasPrefix("--") }
}
