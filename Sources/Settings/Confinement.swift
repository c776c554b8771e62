import Command
import Glibc

/// Keeps the paths of a draft.toml inside the application's directory, because a draft.toml is untrusted.
struct Confinement {
  let directory: String

  /// The path without `.` and `..`. Throws if it is absolute, or leads out of the directory, even by a symbolic link.
  func check(_ key: Key, _ text: Layers.Sourced<String>) throws -> String {
    let hint = "write it relative to the application's directory"
    guard !text.value.hasPrefix("/") else {
      throw Settings.wrong(key, text, "'\(text.value)' is an absolute path", hint: hint)
    }
    var parts: [Substring] = []
    for part in text.value.utf8.split(separator: UInt8(ascii: "/")).map({ Substring($0) }) where part != "." {
      if part != ".." { parts.append(part); continue }
      guard parts.popLast() != nil else { throw outside(key, text, hint) }
    }
    guard !parts.isEmpty else {
      throw Settings.wrong(key, text, "'\(text.value)' is the application's directory itself", hint: hint)
    }
    let path = parts.joined(separator: "/")
    if let home = try? Files.resolve(directory), let real = try? Files.resolve(directory + "/" + path),
      Files.relative(real, to: home) == nil
    {
      throw outside(key, text, "it is a symbolic link, or below one")
    }
    return path
  }

  private func outside(_ key: Key, _ text: Layers.Sourced<String>, _ hint: String) -> SettingsError {
    Settings.wrong(key, text, "'\(text.value)' is outside the application's directory", hint: hint)
  }
}
