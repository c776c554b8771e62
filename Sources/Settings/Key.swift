/// One key of draft.toml or config.toml. This table alone defines how a setting is spelled, where it may be set, and
/// its default; draft-toml(5) has the same table, and a test compares them.
public struct Key: Sendable {
  /// The type of a key's value.
  public enum Kind: String, Sendable {
    case text = "string"
    /// Inside the application's directory.
    case path = "path"
    case flag = "boolean"
    case seconds = "seconds"
    case list = "list of strings"
    case table = "table of strings"
  }

  /// The spelling in draft.toml. With `_` for `-`, as in `watch_delay`, every key is accepted too.
  public let name: String
  public let kind: Kind
  /// A former name, still accepted.
  public let old: String?
  /// Its options, without the dashes. A flag also has `no-NAME`.
  public let options: [String]
  /// The environment variable; nil if it has none.
  public let variable: String?
  public let inDraft: Bool
  public let inConfig: Bool
  /// The default, in the words of draft-toml(5).
  public let fallback: String

  init(
    _ name: String, _ kind: Kind, old: String? = nil, options: [String]? = nil, variable: Bool = true,
    inDraft: Bool = true,
    inConfig: Bool = false, default fallback: String
  ) {
    self.name = name
    self.kind = kind
    self.old = old
    self.options = options ?? [name]
    self.variable = variable ? "DRAFT_" + name.map { $0 == "-" ? "_" : $0.uppercased() }.joined() : nil
    self.inDraft = inDraft
    self.inConfig = inConfig
    self.fallback = fallback
  }

  // A variable for the name would give the same name to every application in a pipe.
  public static let name = Key("name", .text, options: ["app"], variable: false, default: "the directory's name")
  public static let namespace = Key("namespace", .text, default: "that of the kube context, else default")
  public static let registry = Key("registry", .text, inConfig: true, default: "none")
  public static let builder = Key("builder", .text, old: "container-builder", inConfig: true, default: "buildah")
  public static let dockerfile = Key("dockerfile", .path, default: "Dockerfile")
  public static let chart = Key("chart", .path, default: "the first directory in charts")
  public static let buildTar = Key("build-tar", .path, default: "none")
  public static let chartTar = Key("chart-tar", .path, default: "none")
  public static let imageBuildArgs = Key(
    "image-build-args", .table, options: ["image-build-args", "build-arg"], default: "none")
  public static let customTags = Key("custom-tags", .list, options: ["custom-tags", "tag"], default: "none")
  public static let set = Key("set", .list, default: "none")
  public static let wait = Key("wait", .flag, default: "true")
  public static let watch = Key("watch", .flag, default: "false")
  public static let watchDelay = Key("watch-delay", .seconds, default: "2")
  public static let overridePorts = Key(
    "override-ports", .list, options: ["override-ports", "override-port"], default: "none")
  public static let autoConnect = Key("auto-connect", .flag, default: "false")
  public static let kubeContext = Key(
    "kube-context", .text, inConfig: true, default: "the current one, if it is plainly local")
  public static let engine = Key(
    "engine", .text, inConfig: true, default: "helm when a kube context is configured, else podman")
  // Not in draft.toml: a project must not decide where its source is sent.
  public static let remote = Key("remote", .text, options: [], inDraft: false, inConfig: true, default: "none")
  // Nor which programs are run.
  public static let with = Key("with", .text, options: [], inDraft: false, inConfig: true, default: "none")
  public static let credentialHelper = Key(
    "credential-helper", .text, options: [], inDraft: false, inConfig: true, default: "none")
  // A command-line option would apply to one release, and --take-over is for that.
  public static let exclusive = Key("exclusive", .flag, options: [], inConfig: true, default: "false")
  public static let basedomain = Key("basedomain", .text, inConfig: true, default: "none")
  public static let disablePushWarning = Key("disable-push-warning", .flag, inConfig: true, default: "false")
  // A setting of a builder that no longer exists; accepted so that old files cause no warning.
  public static let resourceGroupName = Key(
    "resource-group-name", .text, options: [], variable: false, inConfig: true, default: "none")

  /// All keys, in the order of draft-toml(5).
  public static let all: [Key] = [
    name, namespace, registry, builder, dockerfile, chart, buildTar, chartTar, imageBuildArgs, customTags, set, wait,
    watch, watchDelay,
    overridePorts, autoConnect, kubeContext, engine, remote, with, credentialHelper, exclusive, basedomain,
    disablePushWarning,
    resourceGroupName
  ]

  /// All spellings accepted in a file.
  public var spellings: [String] {
    [name, old].compactMap(\.self).flatMap { spelling in
      spelling.contains("-") ? [spelling, String(spelling.map { $0 == "-" ? "_" : $0 })] : [spelling]
    }
  }

  /// The key with that spelling.
  public static func named(_ spelling: String) -> Key? { all.first { $0.spellings.contains(spelling) } }
}
