import Command
import Synchronization

/// What a run of a command remembers of settings.
final class SettingsMemory: Sendable {
  private struct State {
    /// The names made up, by their directories.
    var names: [String: String] = [:]
    /// The files it has warned about.
    var warned: Set<String> = []
  }

  private let state = Mutex(State())

  func name(for directory: String) -> String {
    state.withLock { state in
      let name = state.names[directory] ?? Name.random()
      state.names[directory] = name
      return name
    }
  }

  func isFirst(_ file: String) -> Bool { state.withLock { $0.warned.insert(file).inserted } }
}

extension SettingsFile {
  /// Those read for the record at hand: what is done about it goes by one reading of each.
  private final class Files: Sendable {
    let read = Mutex<[String: SettingsFile?]>([:])
  }

  static func draft(_ directory: String, _ call: Call) throws -> SettingsFile? {
    try read(directory + "/draft.toml", label: "draft.toml", call)
  }

  static func read(_ path: String, label: String, _ call: Call) throws -> SettingsFile? {
    try call.line.value(Files.init).read.withLock { read in
      if let file = read[path] { return file }
      let file = try SettingsFile(path, label: label)
      read[path] = .some(file)
      return file
    }
  }
}
