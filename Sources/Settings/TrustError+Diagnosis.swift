import Command
import Records

extension TrustError: Diagnosis {
  public var exitCode: ExitCode { .noPermission }

  public var message: String {
    switch self {
    case .untrusted(let directory, let findings, _):
      "'\(directory)' is not trusted: it \(findings.first ?? "")"
        + (findings.count > 1 ? ", and \(findings.count - 1) more" : "")
    }
  }

  public var hint: String? {
    switch self {
    case .untrusted(let directory, _, let file):
      // draft trust finds a file of the usual name by itself.
      let words = [
        file.flatMap { $0.hasSuffix("/environments.yaml") ? nil : "-f \($0.shellWord)" }, directory.shellWord
      ]
      .compactMap { $0 }.joined(separator: " ")
      return "'draft trust --show \(words)' lists everything; to allow it, run 'draft trust \(words)'"
    }
  }
}
