import Command
import Records

extension AttachError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .noContainer, .noPrevious, .noPorts: .noInput
    case .forwardFailed: .unavailable
    }
  }

  public var message: String {
    switch self {
    case .noContainer(let name, let app): "no container '\(name)' in '\(app)'"
    case .noPrevious(let app): "no container of '\(app)' has a log of a previous run"
    case .noPorts(let app): "no container of '\(app)' declares a port"
    case .forwardFailed(let app, let said): "cannot connect to '\(app)': \(said)"
    }
  }

  public var hint: String? {
    switch self {
    case .noContainer: "'kubectl get pods -o wide' and 'podman ps' list what runs"
    case .noPrevious: nil
    case .noPorts: "name one: --override-port LOCAL:REMOTE"
    case .forwardFailed: "see 'kubectl port-forward'"
    }
  }
}
