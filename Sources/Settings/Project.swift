import Command
import Records

/// A source directory, as the start of a record.
public enum Project {
  /// Starts the record of the application in `directory`. The name comes from `--app`, else draft.toml, else the
  /// directory. Throws ``SettingsError``: exit code 66 if there is no such directory, 78 for unusable settings.
  public static func begin(directory: String, call: Call) throws -> Record {
    try begin(directory: directory, call: call, in: Surroundings(call))
  }

  static func begin(directory: String, call: Call, in surroundings: Surroundings) throws -> Record {
    let path = try resolve(directory)
    let layers = try Layers(directory: path, app: nil, call: call, in: surroundings)
    layers.warnOfUnknownKeys()
    let base = String(path.split(separator: "/").last ?? "")
    let settings = try Settings(layers, directory: path, fallbackName: Name.safe(base))
    switch settings.source(of: Key.name.name) {
    case "default": tell(base, settings.name, call)
    case "--app": if let given = try layers.text(.name)?.value, given != "random" { tell(given, settings.name, call) }
    default: break
    }
    let app = App(
      name: settings.name, dir: path, environment: settings.environment, namespace: settings.namespace,
      context: settings.engine == "podman" ? nil : settings.kubeContext)
    try UpLock.hold(app)
    var record = Record()
    record.set(app)
    return record
  }

  /// The settings for a directory and their sources, without a record: from the command line, the environment, the
  /// directory's draft.toml if it has one, and config.toml.
  public static func settings(of directory: String = ".", call: Call) throws -> Settings {
    let path = try resolve(directory),
      layers = try Layers(directory: path, app: nil, call: call, in: Surroundings(call))
    return try Settings(layers, directory: path, fallbackName: Name.safe(String(path.split(separator: "/").last ?? "")))
  }

  /// The kube contexts named in a directory's draft.toml, by environment, in file order. Throws ``SettingsError``.
  public static func contexts(of directory: String, call: Call) throws -> [(environment: String, context: String)] {
    let file = try SettingsFile.draft(directory, call)
    return (file?.root["environments"]?.members ?? []).flatMap { environment in
      (environment.value.members ?? []).filter { Key.kubeContext.spellings.contains($0.key) }
        .compactMap { key in key.value.string.map { (environment.key, $0) } }
    }
  }

  /// The absolute path of a directory, with symbolic links resolved.
  private static func resolve(_ directory: String) throws -> String {
    guard Files.exists(directory) else {
      // U+FFFD stands for bytes that were not UTF-8; arguments are repaired before we see them.
      throw directory.unicodeScalars.contains("\u{FFFD}") ? SettingsError.notText(directory) : .noDirectory(directory)
    }
    guard Files.isDirectory(directory) else { throw SettingsError.notDirectory(directory) }
    let path = try Files.resolve(directory)
    // A record is UTF-8, and a path repaired to UTF-8 is a different path.
    guard Files.isDirectory(path) else { throw SettingsError.notText(path) }
    return path
  }

  private static func tell(_ given: String, _ name: String, _ call: Call) {
    if given != name { call.say("Application \(given) will be renamed to \(name) for Kubernetes compatibility") }
  }

  /// Makes a name from the command line safe; a name in a file must be valid already.
  static func checkedName(_ text: Layers.Sourced<String>, directory: String, _ layers: Layers) throws -> String {
    if text.source == "--app" {
      return text.value == "random" ? layers.randomName(for: directory) : Name.safe(text.value)
    }
    guard Name.isApplication(text.value) else {
      throw Settings.wrong(
        .name, text, "'\(text.value)' is not a valid Kubernetes name",
        hint: Name.hint + ", at most \(Name.applicationLimit)")
    }
    return text.value
  }
}
