import Command
import Records

/// The settings of one application in one environment: argv > environment variable > draft.toml > config.toml > default.
/// The default of the namespace is the kube context's.
public struct Settings: Sendable {
  /// The environment's name: `development`.
  public var environment: String
  public var name: String
  public var namespace: String
  /// `127.0.0.1:5000` or `docker.io/me`; nil means images are not pushed.
  public var registry: String?
  /// `buildah`, `docker`, `podman`, or NAME of a `draft-builder-NAME` on PATH.
  public var builder: String
  /// Relative to the application's directory.
  public var dockerfile: String
  /// A chart directory relative to the application's; nil means the one in `charts/`.
  public var chart: String?
  public var buildTar: String?
  public var chartTar: String?
  /// Helm `--set` strings, each with its source (`draft.toml:7`).
  public var set: [(text: String, source: String)]
  public var wait: Bool
  public var watch: Bool
  /// Seconds of quiet before a change counts as finished.
  public var watchDelay: Double
  public var overridePorts: [String]
  public var autoConnect: Bool
  public var customTags: [String]
  public var buildArguments: [(name: String, value: String)]
  /// Where the kube context was named; nil when nowhere, and then only a plainly local one is used.
  public var kubeContext: String?
  /// The directory whose draft.toml named the context; nil where the user did. See ``Trust``.
  public var contextNamedIn: String?
  /// `helm` or `podman`; nil when nobody said, or when a kube context was named nearer to the command line.
  public var engine: String?
  /// Where the server is that `draft remote` uses; nil when nowhere.
  public var remote: String?
  /// Whether a release that draft made for somebody else, or from another directory, is refused.
  public var exclusive: Bool
  public var basedomain: String
  public var disablePushWarning: Bool
  /// Where each value comes from, by the key's name. See ``source(of:)``.
  var sources: [String: String] = [:]

  public static let defaultEnvironment = "development"

  /// The defaults of every key.
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
    engine = nil
    remote = nil
    exclusive = false
    basedomain = ""
    disablePushWarning = false
  }

  /// The application where these settings put it, for the commands that ask the cluster.
  public func place(_ app: App) -> App {
    var app = app
    app.namespace = namespace
    return app
  }

  /// Where the value of a key comes from: `draft.toml:7`, `$DRAFT_REGISTRY`, `--registry`, `config.toml:2`, `record` for what an
  /// earlier stage decided, `kubeconfig` for the namespace of the kube context, or `default`.
  public func source(of key: String) -> String { sources[key] ?? "default" }

  /// Whether the command line says where it is to run: that counts for more than where it has run before.
  public var asksForEngine: Bool { [Key.engine, .kubeContext].contains { source(of: $0.name).hasPrefix("--") } }

  /// Whether the command line names a Dockerfile: that counts for more than the one a line has been packed for.
  public var asksForDockerfile: Bool { source(of: Key.dockerfile.name).hasPrefix("--") }
}
