import Command

/// `.draft-tasks.toml`: the user's commands around a release, by table, in the order of the file.
public struct TaskFile: Sendable {
  /// When the commands of a table run.
  public enum Table: String, CaseIterable, Sendable {
    case preUp = "pre-up"
    case postDeploy = "post-deploy"
    case postUp = "post-up"
    case cleanup
  }

  /// One command and its name.
  public struct Task: Equatable, Sendable {
    public let name: String
    /// The command line as written; see ``TaskWords``.
    public let command: String
    /// `.draft-tasks.toml:7`
    public let place: String
  }

  public static let name = ".draft-tasks.toml"

  private var tables: [(table: Table, tasks: [Task])] = []
  private var unknown: [String] = []

  /// The task file of an application; nil if it has none. The whole file is checked, so that an error in a later table
  /// is reported before anything runs. Throws ``TaskError``.
  public init?(directory: String) throws {
    let file: SettingsFile?
    do { file = try SettingsFile(directory + "/" + TaskFile.name, label: TaskFile.name) } catch let error
      as SettingsError
    {
      guard case let .syntax(file, line, column, reason) = error else { throw error }
      throw TaskError.syntax(file: file, line: line, column: column, reason: reason)
    }
    guard let file else { return nil }
    for member in file.root.members ?? [] {
      guard let table = Table(rawValue: String(member.key.map { $0 == "_" ? "-" : $0 })) else {
        let near = nearest(to: member.key, among: Table.allCases.map(\.rawValue))
        unknown.append(
          "\(file.place(member.place)): unknown table '\(member.key)'" + (near.map { "; did you mean '\($0)'?" } ?? ""))
        continue
      }
      guard let members = member.value.members else {
        throw TaskError.wrongKind(
          name: member.key, place: file.place(member.value.place), wanted: "a table", found: member.value.kind)
      }
      tables.append((table, try members.map { try TaskFile.task($0, file) }))
    }
  }

  private static func task(_ member: TOML.Member, _ file: SettingsFile) throws -> Task {
    let place = file.place(member.place)
    guard let command = member.value.string else {
      throw TaskError.wrongKind(
        name: member.key, place: file.place(member.value.place), wanted: "a string", found: member.value.kind)
    }
    let task = Task(name: member.key, command: command, place: place)
    _ = try task.words { _ in "" }
    return task
  }

  /// The tasks of a table, in the order of the file.
  public func tasks(_ table: Table) -> [Task] { tables.filter { $0.table == table }.flatMap(\.tasks) }

  /// Warns of unknown tables.
  public func warnOfUnknownTables(_ call: Call) { for text in unknown { call.warn(text) } }
}

extension TaskFile.Task {
  /// The program and its arguments. Throws ``TaskError``.
  /// - Parameter variable: returns the value of an environment variable; nil if it is not set, which is an error.
  public func words(_ variable: (String) -> String?) throws -> [String] {
    do {
      let words = try TaskWords.split(command, variable)
      guard let program = words.first, !program.isEmpty else { throw TaskWords.Mistake.nothing }
      return words
    } catch let mistake as TaskWords.Mistake {
      throw TaskError.words(name: name, place: place, mistake)
    }
  }
}
