import Command
import Records

extension TransportError: Diagnosis {
  var exitCode: ExitCode {
    switch self {
    case .unreachable, .broken, .tls: .unavailable
    case .malformed: .protocolViolation
    case .unreadable: .inputOutput
    case .givenUp: .tryAgain
    }
  }

  var message: String {
    switch self {
    case .unreachable(let reason), .broken(let reason), .tls(let reason): "no answer: \(reason)"
    case .malformed(let reason): "the answer is not HTTP: \(reason)"
    case .unreadable: "a file that was being sent cannot be read, or has become shorter"
    case .givenUp: "given up, since another part has failed"
    }
  }

  var hint: String? { nil }
}

extension Relay.Gone: Diagnosis {
  var exitCode: ExitCode { .unavailable }
  var message: String { "a layer of the base image cannot be copied: \(reason)" }
  var hint: String? { nil }
}
