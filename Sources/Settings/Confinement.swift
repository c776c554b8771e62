import Command
import Glibc

/// Paths of a draft.toml stay within the application's directory, since a draft.toml may come from anybody.
struct Confinement {
  let directory: String

  /// The path without `.` and `..`. Throws for an absolute one, one that climbs out, and one a symbolic link leads out of.
  func check(_ key: Key, _ text: Layers.Sourced<String>) throws -> String {
    let hint = "write it relative to the directory of the application"
    guard !text.value.hasPrefix("/") else { throw Settings.wrong(key, text, "'\(text.value)' is an absolute path", hint: hint) }
    var parts: [Substring] = []
    for part in text.value.utf8.split(separator: UInt8(ascii: "/")).map({ Substring($0) }) where part != "." {
      if part != ".." { parts.append(part); continue }
      guard parts.popLast() != nil else { throw outside(key, text, hint) }
    }
    guard !parts.isEmpty else { throw Settings.wrong(key, text, "'\(text.value)' is the directory of the application itself", hint: hint) }
    let path = parts.joined(separator: "/")
    if let home = try? Files.resolve(directory), let real = try? Files.resolve(directory + "/" + path), Files.relative(real, to: home) == nil {
      throw outside(key, text, "it is a symbolic link, or below one")
    }
    return path
  }

  private func outside(_ key: Key, _ text: Layers.Sourced<String>, _ hint: String) -> SettingsError {
    Settings.wrong(key, text, "'\(text.value)' is outside of the directory of the application", hint: hint)
  }
}
