import Command
import Records

extension PortError: Diagnosis {
  public var exitCode: ExitCode { .unavailable }

  public var message: String {
    switch self {
    case .taken(let port): "port \(port) of 127.0.0.1 is taken"
    }
  }

  public var hint: String? {
    switch self {
    case .taken: "stop what uses it, or remove its line from override-ports"
    }
  }
}
