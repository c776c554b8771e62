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
    case let .noReference(line, name): "line \(line) of the Dockerfile: '\(name)' is no reference to an image"
    case let .tooLong(line): "line \(line) of the Dockerfile: too long with its variables put in"
    }
  }

  public var hint: String? {
    switch self {
    case .noReference: "an image is named, as in 'debian:12', wherever it lies; see draft-build(1)"
    case .tooLong: "draft-build(1) has the limits"
    default: "see https://docs.docker.com/reference/dockerfile/"
    }
  }
}
