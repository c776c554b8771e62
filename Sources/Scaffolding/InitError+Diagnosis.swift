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
    case let .noPacks(url): "cannot use '\(url)': it has no directory 'packs'"
    case let .occupied(path): "cannot create '\(path)': something else is in its place"
    }
  }

  public var hint: String? {
    switch self {
    case .file: "draft-init(1) describes the file"
    case .git: "try 'git clone' by hand; git keeps the credentials"
    case .noPacks: "a pack repository has its packs as directories below 'packs'; see draft-pack(5)"
    case .occupied: "move it away"
    }
  }
}
