import Command
import Records

extension TransportError: Diagnosis {
  package var exitCode: ExitCode {
    switch self {
    case .unreachable, .broken, .tls: .unavailable
    case .malformed: .protocolViolation
    case .unreadable: .inputOutput
    case .givenUp: .tryAgain
    }
  }

  package var message: String {
    switch self {
    case .unreachable(let reason), .broken(let reason), .tls(let reason): "no response: \(reason)"
    case .malformed(let reason): "the response is not HTTP: \(reason)"
    case .unreadable: "the file being sent cannot be read, or was truncated"
    case .givenUp: "stopped, because another part failed"
    }
  }

  package var hint: String? { nil }
}

/// libcurl, which is loaded for the first request, is not installed.
package struct LibraryMissing: Diagnosis {
  package var exitCode: ExitCode { .unavailable }
  package var message: String { "cannot load 'libcurl.so.4', needed for HTTP" }
  package var hint: String? { "apt install libcurl4" }
}
