import Command
import Records

extension DockerfileError: Diagnosis {
  public var exitCode: ExitCode { .badData }

  public var message: String { line.map { "line \($0) of the Dockerfile: \(reason)" } ?? "the Dockerfile: \(reason)" }

  /// The line of the error; nil for the file as a whole.
  public var line: Int? {
    switch self {
    case .empty: nil
    case .directive(let line, _), .heredoc(let line, _), .noFrom(let line, _), .noReference(let line, _): line
    case .badFrom(let line), .tooLong(let line): line
    }
  }

  /// The error without its line.
  public var reason: String {
    switch self {
    case .empty: "there are no instructions"
    case .directive(_, let reason): reason
    case .heredoc(_, let name): "the here-document '\(name)' is not closed"
    case .noFrom(_, let name): "'\(name)' comes before the first FROM"
    case .badFrom: "FROM names no image"
    case .noReference(_, let name): "'\(name)' is not an image reference"
    case .tooLong: "too long after expanding its variables"
    }
  }

  public var hint: String? {
    switch self {
    case .noReference: "use the name of an image, as in 'debian:12'; see draft-build(1)"
    case .tooLong: "see draft-build(1) for the limits"
    default: "see https://docs.docker.com/reference/dockerfile/"
    }
  }
}
