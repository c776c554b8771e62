import Command
import Records

extension DockerfileError: Diagnosis {
  public var exitCode: ExitCode { .badData }

  public var message: String {
    switch self {
    case .empty: "the Dockerfile has no instruction"
    case let .directive(line, reason): "line \(line) of the Dockerfile: \(reason)"
    case let .heredoc(line, name): "line \(line) of the Dockerfile: the here-document '\(name)' has no end"
    case let .noFrom(line, name): "line \(line) of the Dockerfile: '\(name)' without a FROM before it"
    case let .badFrom(line): "line \(line) of the Dockerfile: FROM names no image"
    }
  }

  public var hint: String? { "see https://docs.docker.com/reference/dockerfile/" }
}
