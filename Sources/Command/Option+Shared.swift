// The options that several commands share, with the same help everywhere.
extension Option {
  // The application, and where it runs.
  public static let environment = Option(
    "environment", "e", value: Value("NAME", .environment),
    help: "the environment of draft.toml to use (default: $DRAFT_ENV, then development)")
  public static let kubeContext = Option(
    "kube-context", value: Value("NAME", .context), help: "the kube context to use")
  public static let namespace = Option("namespace", value: Value("NAME", .namespace), help: "the namespace to use")
  public static let engine = Option(
    "engine", value: "helm|podman",
    help: "what runs releases (default: the setting 'engine', else helm when a kube context is configured, else podman)")
  public static let app = Option(
    "app", "a", value: "NAME",
    help: "the application's name; 'random' makes one up (default: draft.toml, then the directory)")
  public static let pack = Option(
    "pack", "p", value: "NAME", help: "take this pack, or REPOSITORY/NAME, whatever the language")

  // Images.
  public static let dockerfile = Option(
    "dockerfile", value: Value("PATH", .file), help: "the Dockerfile, within the directory (default: Dockerfile)")
  public static let builder = Option(
    "builder", value: "NAME",
    help: "what builds images: buildah, docker, podman, or NAME of a draft-builder-NAME on PATH (default: buildah)")
  public static let buildArg = Option("build-arg", value: "NAME=VALUE", repeats: true, help: "set a build argument")
  public static let tag = Option("tag", value: "TAG", repeats: true, help: "give the image a further tag")
  public static let force = Option(
    "force", "f", help: "build even when nothing has changed, without the builder's cache")
  public static let registry = Option(
    "registry", value: "HOST[/PATH]",
    help: "what images are named for and pushed to (default: $DRAFT_REGISTRY, draft.toml, config.toml)")
  public static let plainHTTP = Option(
    "plain-http", help: "speak to the registry without TLS, though it is on another machine")

  // Releases.
  public static let set = Option(
    "set", value: "KEY=VALUE", repeats: true, help: "set a value of the chart, in helm's syntax")
  public static let takeOver = Option("take-over", help: "replace a release that is not draft's, or of another chart")
  public static let wait = Option("wait", help: "wait until the application is ready (the default)")
  public static let noWait = Option("no-wait", help: "do not wait until the application is ready")
  public static let timeout = Option("timeout", value: "SECONDS", help: "how long to wait (default: 300)")

  // Pods.
  public static let container = Option("container", "c", value: "NAME", help: "one container only")
  public static func tail(default lines: String) -> Option {
    Option("tail", value: "NUMBER", help: "how many of the last lines to print (default: \(lines))")
  }

  /// For a command that writes records but is not a stage; see ``Call/writesRecords``.
  public static let output = Option(
    "output", "o", value: "record|table", help: "records or words, whatever standard output is")
  public static let quiet = Option("quiet", "q", help: "no progress on standard error")

  /// The options of every stage, besides ``common``.
  static let stage = [
    Option("jobs", "j", value: "NUMBER", help: "how many lines to work on at once (default: 1)"), output, quiet,
  ]

  /// The options of every command.
  static let common = [
    Option("home", value: "DIRECTORY", help: "the draft home (default: $DRAFT_HOME, then ~/.draft)"),
    Option("debug", help: "say on standard error what is done and why"),
    Option("help", "h", help: "print this text"),
    Option("describe", help: "print the same as JSON"),
    Option("version", help: "print the version"),
  ]
}
