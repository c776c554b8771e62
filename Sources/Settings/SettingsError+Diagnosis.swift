import Command
import Records

extension SettingsError: Diagnosis {
  public var isOfSettings: Bool { true }

  public var exitCode: ExitCode {
    switch self {
    case .noDirectory, .notDirectory: .noInput
    case .notText, .badRecord: .badData
    case .unsafeKey: .usage
    case .wrongKind(_, let place, _, _), .wrongValue(_, let place, _, _), .lonely(_, let place, _):
      place.hasPrefix("--") || place == "argument" ? .usage : .configuration
    default: .configuration
    }
  }

  public var message: String {
    switch self {
    case let .syntax(file, line, column, reason): "cannot read '\(file)': line \(line), column \(column): \(reason)"
    case let .noEnvironment(name, file, _): "cannot find environment '\(name)' in '\(file)'"
    case let .wrongKind(key, place, wanted, found): "cannot use '\(key)' (\(place)): it takes \(wanted), not \(found)"
    case let .wrongValue(key, place, reason, _): "cannot use '\(key)' (\(place)): \(reason)"
    case let .twice(key, place, first): "cannot use '\(key)' (\(place)): it is set already (\(first))"
    case let .lonely(key, place, needs): "cannot use '\(key)' (\(place)): it needs '\(needs)' too"
    case let .noDirectory(path): "cannot find the directory '\(path)'"
    case let .notDirectory(path): "cannot use '\(path)': it is not a directory"
    case let .notText(path): "cannot use the directory '\(path)': its name is not UTF-8"
    case let .badRecord(field, reason): "member 'app.\(field)' \(reason)"
    case let .unsafeKey(key): "cannot set '\(key)': secrets do not belong in config.toml"
    case .notEditable: "cannot change 'config.toml': its layout is not understood"
    }
  }

  public var hint: String? {
    switch self {
    case .syntax: "draft-toml(5) describes the file"
    case let .noEnvironment(name, _, available):
      available.isEmpty
        ? "it has none; add a table '[environments.\(name)]'"
        : "it has " + available.map { "'\($0)'" }.joined(separator: ", ") + "; choose with --environment or DRAFT_ENV"
    case .wrongKind(let key, _, _, _): "see '\(key)' in draft-toml(5)"
    case .wrongValue(_, _, _, let hint): hint
    case .twice: "keep one of the two spellings"
    case .lonely: "give both or neither"
    case .noDirectory, .notDirectory: "name the directory of an application"
    case .notText: "rename it"
    case .badRecord: "start the record with a command that takes a directory, as in 'draft detect DIRECTORY'"
    case .unsafeKey: "log in to a registry with 'docker login' or 'buildah login'; draft uses their credentials"
    case .notEditable: "change it with an editor"
    }
  }
}
