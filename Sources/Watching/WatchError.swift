import Command
import Glibc
import Records

/// Why a directory cannot be watched, or no longer.
enum WatchError: Error, Equatable {
  case instanceLimit
  case watchLimit(path: String)
  case cannotWatch(path: String, errno: Int32)
  case gone(path: String)
}

extension WatchError: Diagnosis {
  var exitCode: ExitCode {
    switch self {
    case .instanceLimit, .watchLimit: .unavailable
    case .cannotWatch(_, let number): ExitCode(errno: number)
    case .gone: .noInput
    }
  }

  var message: String {
    switch self {
    case .instanceLimit: "cannot watch for changes: this user watches with as many programs as the system allows"
    case .watchLimit(let path): "cannot watch '\(path)': this user watches as many directories as the system allows"
    case let .cannotWatch(path, number): path.isEmpty ? "cannot watch for changes: \(errnoText(number))" : "cannot watch '\(path)': \(errnoText(number))"
    case .gone(let path): "cannot watch '\(path)' any longer: it was removed or moved away"
    }
  }

  var hint: String? {
    switch self {
    case .instanceLimit: "raise the limit: sysctl fs.inotify.max_user_instances=1024"
    case .watchLimit: "raise the limit: sysctl fs.inotify.max_user_watches=524288, or name large directories in .draftignore"
    case .cannotWatch, .gone: nil
    }
  }
}
