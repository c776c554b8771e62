import Command
import Records

extension TrustError: Diagnosis {
  public var exitCode: ExitCode { .noPermission }

  public var message: String {
    switch self {
    case .untrusted(let directory, let findings):
      "'\(directory)' is not trusted: it \(findings.first ?? "")"
        + (findings.count > 1 ? ", and \(findings.count - 1) more" : "")
    }
  }

  public var hint: String? {
    switch self {
    case .untrusted(let directory, _):
      "'draft trust --show \(directory.shellWord)' lists everything; to allow it, run 'draft trust "
        + "\(directory.shellWord)'"
    }
  }
}
