import Command
import Records

/// A command's surroundings: the environment variables, and the draft home's configuration.
struct Surroundings {
  var variable: (String) -> String?
  /// The path of config.toml; nil if the draft home is unknown.
  var config: String?

  init(_ call: Call) {
    variable = call.variable
    config = (try? Home()).map { $0.path + "/" + Home.configName }
  }

  init(variables: [String: String], config: String?) {
    variable = { variables[$0] }
    self.config = config
  }
}

/// The sources of a setting in order of precedence: the command line, the record's `app`, the environment, draft.toml,
/// config.toml. Only this type knows the order.
struct Layers {
  /// A value and where it was found.
  struct Found {
    enum Value {
      /// From the command line or the environment: every use of the option, or the one variable.
      case words([String])
      case toml(TOML)
    }

    let value: Value
    /// In a stable form: `--registry`, `$DRAFT_REGISTRY`, `draft.toml:7`.
    let source: String
    /// For messages: like `source`, but with the file's path as the user would write it.
    let place: String
    let file: SettingsFile?

    /// The rank in the order of ``Layers``; 0 is the command line.
    var distance: Int {
      guard let file else { return source.hasPrefix("--") ? 0 : source == "record" ? 1 : 2 }
      return file.label == Home.configName ? 4 : 3
    }

    /// The source of a part of the value.
    func source(of part: TOML) -> String { file.map { "\($0.label):\(part.place.line)" } ?? source }
    func place(of part: TOML) -> String { file?.place(part.place) ?? place }
  }

  let environment: String
  let environmentSource: String
  private let app: App?
  private let call: Call
  private let surroundings: Surroundings
  private let draft: SettingsFile?
  private let config: SettingsFile?
  private let keys: [TOML.Member]

  /// - Parameters:
  ///   - directory: the application's directory; nil if it is not on this machine.
  ///   - app: the member set by an earlier stage; nil if the record is being started.
  init(directory: String?, app: App?, call: Call, in surroundings: Surroundings) throws {
    let (environment, source) =
      if let name = call.arguments["environment"] { (name, "--environment") } else if let app {
        (app.environment, "record")
      } else if let name = surroundings.variable("DRAFT_ENV") { (name, "$DRAFT_ENV") } else {
        (Settings.defaultEnvironment, "default")
      }
    guard Name.isEnvironment(environment) else {
      if source == "record" {
        throw SettingsError.badRecord(field: "environment", reason: "is not a valid environment name")
      }
      throw SettingsError.wrongValue(
        key: "environment", place: source, reason: "'\(environment)' is not a valid environment name",
        hint: "use letters, digits, '-', '_' and '.'")
    }
    self.environment = environment
    environmentSource = source
    // A name or namespace chosen for another environment does not apply to this one.
    self.app = app?.environment == environment ? app : nil
    self.call = call
    self.surroundings = surroundings
    draft = try directory.flatMap { try SettingsFile.draft($0, call) }
    config = try surroundings.config.flatMap { try SettingsFile.read($0, label: Home.configName, call) }
    keys = try draft?.environment(environment) ?? []
  }

  /// The value with the highest precedence; nil if the default applies.
  func first(_ key: Key) throws -> Found? { try all(key).first }

  /// All values of the key, highest precedence first.
  func all(_ key: Key) throws -> [Found] {
    var found: [Found] = []
    for option in key.options {
      if call.arguments.has(option) {
        found.append(
          Found(value: .words(call.arguments.all(option)), source: "--\(option)", place: "--\(option)", file: nil))
      }
      if key.kind == .flag, call.arguments.has("no-\(option)") {
        found.append(Found(value: .words(["false"]), source: "--no-\(option)", place: "--no-\(option)", file: nil))
      }
    }
    if let text = recorded(key) {
      found.append(Found(value: .words([text]), source: "record", place: "record", file: nil))
    }
    if let variable = key.variable, let text = surroundings.variable(variable) {
      found.append(
        Found(value: .words(Layers.split(text, key)), source: "$\(variable)", place: "$\(variable)", file: nil))
    }
    if key.inDraft, let draft, let value = try look(for: key, in: keys, of: draft) { found.append(value) }
    if key.inConfig, let config, let value = try look(for: key, in: config.root.members ?? [], of: config) {
      found.append(value)
    }
    return found
  }

  private func recorded(_ key: Key) -> String? {
    switch key.name {
    case Key.name.name: app?.name
    case Key.namespace.name: app?.namespace
    case Key.kubeContext.name: app?.context
    default: nil
    }
  }

  private func look(for key: Key, in members: [TOML.Member], of file: SettingsFile) throws -> Found? {
    let given = members.filter { key.spellings.contains($0.key) }
    guard let first = given.first else { return nil }
    guard given.count == 1 else {
      throw SettingsError.twice(
        key: given[1].key, place: file.place(given[1].place), first: "\(file.place(first.place)), '\(first.key)'")
    }
    return Found(
      value: .toml(first.value), source: "\(file.label):\(first.place.line)", place: file.place(first.place), file: file
    )
  }

  /// Splits a variable into values: by commas; build arguments by lines; `set` not at all, since helm splits it.
  private static func split(_ text: String, _ key: Key) -> [String] {
    switch key.kind {
    case .list where key.name != Key.set.name: text.split(separator: ",").map(String.init)
    case .table: text.lines.map(String.init)
    default: [text]
    }
  }

  /// See ``Name/random()``: one for each directory, since a line's settings may be asked for more than once.
  func randomName(for directory: String) -> String { call.memory.value(SettingsMemory.init).name(for: directory) }

  func kubeNamespace(of context: String?) -> KubeNamespace? {
    KubeNamespace(of: context, variable: surroundings.variable)
  }

  func warnOfUnknownKeys() {
    draft?.warnOfUnknownKeys(call)
    config?.warnOfUnknownKeys(call)
  }
}
