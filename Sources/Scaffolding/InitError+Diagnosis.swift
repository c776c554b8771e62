import Command
import Records

extension InitError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .file: .configuration
    case .git: .unavailable
    case .noPacks: .badData
    case .occupied: .cannotCreate
    }
  }

  public var message: String {
    switch self {
    case let .file(path, line, reason): "cannot use '\(path)': line \(line): \(reason)"
    case let .git(url, said): "cannot clone '\(url)': \(said)"
    case let .noPacks(url): "cannot use '\(url)': there is no directory 'packs' in it"
    case let .occupied(path): "cannot create '\(path)': something else is there"
    }
  }

  public var hint: String? {
    switch self {
    case .file: "draft-init(1) describes the file"
    case .git: "see whether 'git clone' can; a login is git's to know"
    case .noPacks: "a repository of packs has each of them in a directory below 'packs'; see draft-pack(5)"
    case .occupied: "move it away"
    }
  }
}
