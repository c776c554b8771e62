// The options that several commands share, with the same help everywhere.
extension Option {
  // The application, and where it runs.
  public static let environment = Option(
    "environment", "e", value: Value("NAME", .environment),
    help: "the environment of draft.toml to use (default: $DRAFT_ENV, then development)")
  package static let environmentsFile = Option(
    "environments-file", "f", value: Value("FILE", .file),
    help: "the file of environments to read (default: $KUBECD_ENVIRONMENTS, then environments.yaml)")
  public static let kubeContext = Option(
    "kube-context", value: Value("NAME", .context), help: "the kube context to use")
  public static let namespace = Option("namespace", value: Value("NAME", .namespace), help: "the namespace to use")
  public static let allNamespaces = Option("all-namespaces", "A", help: "look in every namespace")
  public static let engine = Option(
    "engine", value: "helm|podman",
    help:
      "run releases on Kubernetes (helm) or on this machine (podman) (default: the setting 'engine', else helm if a "
      + "kube context is configured, else podman)"
  )
  public static let app = Option(
    "app", "a", value: "NAME",
    help:
      "the name of the application; 'random' generates one (default: from draft.toml, else the name of the directory)")
  public static let pack = Option(
    "pack", "p", value: "NAME", help: "use this pack, given as NAME or REPOSITORY/NAME, for any language")

  // Images.
  public static let dockerfile = Option(
    "dockerfile", value: Value("PATH", .file),
    help: "the path of the Dockerfile, relative to the directory (default: Dockerfile)")
  public static let builder = Option(
    "builder", value: "NAME",
    help:
      "the builder to use: buildah, docker, podman, or NAME of a program draft-builder-NAME on PATH (default: buildah)")
  public static let buildArg = Option("build-arg", value: "NAME=VALUE", repeats: true, help: "set a build argument")
  public static let tag = Option("tag", value: "TAG", repeats: true, help: "give the image an additional tag")
  public static let force = Option(
    "force", "f", help: "build even if nothing has changed, and do not use the builder's cache")
  public static let registry = Option(
    "registry", value: "HOST[/PATH]",
    help: "the registry to name images for and push them to (default: $DRAFT_REGISTRY, draft.toml, config.toml)")
  public static let plainHTTP = Option(
    "plain-http", help: "use HTTP without TLS for a registry on another machine")

  // Releases.
  public static let set = Option(
    "set", value: "KEY=VALUE", repeats: true, help: "set a chart value, in the syntax of helm --set")
  public static let revision = Option(
    "revision", value: "NUMBER", help: "the revision to take (default: the newest)")
  public static let takeOver = Option(
    "take-over", help: "replace an existing release that draft did not make or that has another chart")
  public static let wait = Option("wait", help: "wait until the application is ready (the default)")
  public static let noWait = Option("no-wait", help: "do not wait until the application is ready")
  public static let timeout = Option("timeout", value: "SECONDS", help: "how long to wait (default: 300)")

  // Pods.
  public static let container = Option("container", "c", value: "NAME", help: "use only this container")
  public static func tail(default lines: String) -> Option {
    Option("tail", value: "NUMBER", help: "the number of lines to print from the end (default: \(lines))")
  }

  // Signatures of charts.
  public static let sign = Option("sign", help: "sign each archive with gpg: writes ARCHIVE.prov, as helm does")
  public static let key = Option(
    "key", value: "NAME",
    help: "the key to sign with: a fingerprint, or a part of its user ID (default: gpg's default key)")
  public static let passphraseFile = Option(
    "passphrase-file", value: "FILE", help: "the file with the passphrase of the key (default: gpg-agent asks)")

  /// For a command that writes records but is not a stage; see ``Call/writesRecords``.
  public static let output = Option(
    "output", "o", value: "record|table",
    help: "force records or a table (default: records, unless standard output is a terminal)")
  public static let quiet = Option("quiet", "q", help: "do not print progress on standard error")

  /// The options of every stage, besides ``common``.
  static let stage = [
    Option("jobs", "j", value: "NUMBER", help: "how many records to process at once (default: 1)"), output, quiet
  ]

  /// The options of every command.
  static let common = [
    Option("home", value: "DIRECTORY", help: "the draft home (default: $DRAFT_HOME, then ~/.draft)"),
    Option("debug", help: "print debug messages on standard error"),
    Option("help", "h", help: "print this help"),
    Option("describe", help: "print this help as JSON"),
    Option("version", help: "print the version")
  ]
}
