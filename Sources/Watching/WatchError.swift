import Command
import Glibc
import Records

/// Why a directory cannot be watched.
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
    case .instanceLimit: "cannot watch for changes: the system's limit of inotify instances per user is reached"
    case .watchLimit(let path): "cannot watch '\(path)': the system's limit of watched directories per user is reached"
    case let .cannotWatch(path, number):
      path.isEmpty ? "cannot watch for changes: \(errnoText(number))" : "cannot watch '\(path)': \(errnoText(number))"
    case .gone(let path): "cannot watch '\(path)' any more: it was removed or moved away"
    }
  }

  var hint: String? {
    switch self {
    case .instanceLimit: "raise the limit: sysctl fs.inotify.max_user_instances=1024"
    case .watchLimit:
      "raise the limit: sysctl fs.inotify.max_user_watches=524288, or add large directories to .draftignore"
    case .cannotWatch, .gone: nil
    }
  }
}
