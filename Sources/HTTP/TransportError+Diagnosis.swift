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
    case .unreachable(let reason), .broken(let reason), .tls(let reason): "no answer: \(reason)"
    case .malformed(let reason): "the answer is not HTTP: \(reason)"
    case .unreadable: "a file that was being sent cannot be read, or has become shorter"
    case .givenUp: "given up, since another part has failed"
    }
  }

  package var hint: String? { nil }
}

/// libcurl is loaded with the first request, and there is none.
package struct LibraryMissing: Diagnosis {
  package var exitCode: ExitCode { .unavailable }
  package var message: String { "cannot load 'libcurl.so.4', which speaks HTTP" }
  package var hint: String? { "apt install libcurl4" }
}
