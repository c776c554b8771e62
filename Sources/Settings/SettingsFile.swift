import Command
import Glibc

/// A parsed draft.toml or config.toml, and its name in messages and sources.
struct SettingsFile {
  /// Its name in sources: `draft.toml`. The same wherever the command is run.
  let label: String
  /// Its path for the user, relative to the current directory: `web/draft.toml`.
  let display: String
  let bytes: [UInt8]
  let root: TOML

  /// In bytes: far more than any such file needs.
  static let limit = 1 << 20

  /// nil if the file does not exist. Throws ``SettingsError`` if it is broken.
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

  /// The path relative to the current directory, if it is below it; else unchanged.
  static func display(_ path: String) -> String {
    (try? Files.resolve(".")).flatMap { Files.relative(path, to: $0) } ?? path
  }

  /// The table of an environment in draft.toml. In a file without environments, the default one has the defaults.
  func environment(_ name: String) throws -> [TOML.Member] {
    guard let environments = root["environments"] else {
      guard name == Settings.defaultEnvironment else {
        throw SettingsError.noEnvironment(name, file: display, available: [])
      }
      return []
    }
    guard let members = environments.members else {
      throw wrong("environments", environments, "a table of environments")
    }
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
