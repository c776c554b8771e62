import Command
import Glibc
import Records

/// `config.toml` in the draft home, as draft-config(1) sees it: keys and their text. Reading takes no lock, because the
/// file is always replaced as a whole.
public enum Config {
  /// One key and its text.
  public struct Entry: Equatable, Sendable {
    public var key: String
    public var text: String

    /// The text on one line: as it is, or quoted as TOML if it contains control characters.
    public var line: String {
      text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
        ? ConfigEdit.quoted(text) : text
    }
  }

  /// The entries of the home's configuration; empty if there is no file. Throws ``SettingsError`` if it is broken.
  public static func list(_ home: Home) throws -> [Entry] {
    guard let file = try SettingsFile(path(home), label: Home.configName) else { return [] }
    return (file.root.members ?? []).compactMap { member in member.value.plain.map { Entry(key: member.key, text: $0) }
    }
  }

  /// The text of a key, under any of its spellings; nil if it is not set.
  public static func get(_ key: String, _ home: Home) throws -> String? {
    let spellings = Config.spellings(key)
    return try list(home).last { spellings.contains($0.key) }?.text
  }

  /// Sets a key, under the spelling already used in the file. Creates the home and the file if they are missing.
  public static func set(_ key: String, to text: String, _ home: Home, _ call: Call) throws {
    try checkName(key)
    try checkValue(key, text)
    warnOfUnknown(key, call)
    try edit(home) { bytes, root in try ConfigEdit(bytes, root).setting(key, spellings: spellings(key), to: text) }
  }

  /// Removes a key and its line. Does nothing if it is not set.
  public static func unset(_ key: String, _ home: Home) throws {
    guard Files.exists(path(home)) else { return }
    try edit(home) { bytes, root in try ConfigEdit(bytes, root).removing(spellings(key)) }
  }

  private static func path(_ home: Home) -> String { home.path + "/" + Home.configName }

  private static func spellings(_ key: String) -> [String] { Key.named(key)?.spellings ?? [key] }

  /// Reads, changes and replaces the file under a lock, so that concurrent edits do not lose each other's changes.
  private static func edit(_ home: Home, _ change: ([UInt8], TOML) throws -> [UInt8]) throws {
    let lock = try FileLock(home.directory("locks") + "/config", wait: true, busy: "another 'draft config' is running")
    try withExtendedLifetime(lock) {
      // If the file is a symbolic link, edit its target and keep the link.
      let link = path(home)
      let path = (try? Files.resolve(link)) ?? link
      guard let file = try SettingsFile(path, label: Home.configName) else {
        return try Files.write(
          change([], TOML(value: .table([]), place: .init(line: 1, column: 1, endLine: 1, endColumn: 1))), to: path,
          mode: 0o600)
      }
      let new = try change(file.bytes, file.root)
      guard new != file.bytes else { return }
      var status = stat()
      try Files.write(new, to: path, mode: stat(path, &status) == 0 ? status.st_mode & 0o777 : 0o600)
    }
  }

  private static func checkName(_ key: String) throws {
    guard !key.isEmpty,
      key.utf8.allSatisfy({ Settings.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
    else {
      throw UsageError("'\(key)' is not a name of a setting", hint: "use letters, digits, '-' and '_'")
    }
    guard Key.named(key) == nil else { return }
    let word = key.lowercased().filter { $0 != "-" && $0 != "_" }
    if ["password", "passwd", "token", "secret", "credential", "apikey", "privatekey"].contains(where: {
      word.contains($0)
    }) {
      throw SettingsError.unsafeKey(key)
    }
  }

  /// Rejects now what would be rejected when it is used.
  private static func checkValue(_ name: String, _ text: String) throws {
    let value = Layers.Sourced(value: text, source: "argument", place: "argument")
    switch Key.named(name)?.name {
    case Key.registry.name: _ = try Settings.registry(value)
    case Key.builder.name where !text.isEmpty: _ = try Settings.builder(value)
    case Key.engine.name where !text.isEmpty: _ = try Settings.engine(value)
    case Key.with.name: try Settings.plugins(value)
    case Key.credentialHelper.name: try Settings.helper(value)
    case Key.basedomain.name: _ = try Settings.domain(value)
    case Key.exclusive.name: _ = try Layers.flag(text, .exclusive, place: "argument")
    case Key.disablePushWarning.name: _ = try Layers.flag(text, .disablePushWarning, place: "argument")
    default: break
    }
  }

  private static func warnOfUnknown(_ key: String, _ call: Call) {
    if let known = Key.named(key) {
      if !known.inConfig { call.warn("'\(key)' is a key of draft.toml and has no effect in config.toml") }
      return
    }
    let near = nearest(to: key, among: Key.all.filter(\.inConfig).flatMap(\.spellings))
    call.warn("unknown key '\(key)'" + (near.map { "; did you mean '\($0)'?" } ?? ""))
  }
}

extension TOML {
  /// The text of a scalar value; nil for a list or a table.
  var plain: String? {
    switch value {
    case .string(let text), .time(let text): text
    case .integer(let number): String(number)
    case .double(let number): String(number)
    case .bool(let flag): String(flag)
    case .array, .table: nil
    }
  }
}
