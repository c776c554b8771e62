import Command
import Glibc

/// draft.toml or config.toml, read: a table, and how the file is called in messages and in sources.
struct SettingsFile {
  /// As a source: `draft.toml`. The same wherever the command is run.
  let label: String
  /// As the user would name it from where they are: `web/draft.toml`.
  let display: String
  let bytes: [UInt8]
  let root: TOML

  /// Far more than any such file; a longer one is not one.
  static let limit = 1 << 20

  /// nil when there is no such file. Throws ``SettingsError`` for a broken one.
  init?(_ path: String, label: String) throws {
    var status = stat()
    if lstat(path, &status) != 0, errno == ENOENT { return nil }
    bytes = try Files.read(path, limit: SettingsFile.limit)
    self.label = label
    display = SettingsFile.display(path)
    do { root = try TOML(parsing: bytes) } catch {
      throw SettingsError.syntax(file: display, line: error.line, column: error.column, reason: error.reason)
    }
  }

  /// The path from the current directory when it is below that, else as it is.
  static func display(_ path: String) -> String {
    (try? Files.resolve(".")).flatMap { Files.relative(path, to: $0) } ?? path
  }

  /// The table of an environment in draft.toml. A file without any says nothing about the default one, so that has the defaults.
  func environment(_ name: String) throws -> [TOML.Member] {
    guard let environments = root["environments"] else {
      guard name == Settings.defaultEnvironment else { throw SettingsError.noEnvironment(name, file: display, available: []) }
      return []
    }
    guard let members = environments.members else { throw wrong("environments", environments, "a table of environments") }
    if members.isEmpty, name == Settings.defaultEnvironment { return [] }
    guard let table = members.first(where: { $0.key == name }) else {
      throw SettingsError.noEnvironment(name, file: display, available: members.map(\.key))
    }
    guard let keys = table.value.members else { throw wrong("environments.\(name)", table.value, "a table") }
    return keys
  }

  func place(_ place: TOML.Place) -> String { "\(display):\(place.line)" }

  private func wrong(_ key: String, _ value: TOML, _ wanted: String) -> SettingsError {
    .wrongKind(key: key, place: place(value.place), wanted: wanted, found: value.kind)
  }
}
