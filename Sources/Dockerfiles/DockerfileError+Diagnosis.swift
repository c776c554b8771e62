import Command
import Records

extension DockerfileError: Diagnosis {
  public var exitCode: ExitCode { .badData }

  public var message: String { line.map { "line \($0) of the Dockerfile: \(reason)" } ?? "the Dockerfile: \(reason)" }

  /// Where it is; nil for the file as a whole.
  public var line: Int? {
    switch self {
    case .empty: nil
    case .directive(let line, _), .heredoc(let line, _), .noFrom(let line, _), .noReference(let line, _): line
    case .badFrom(let line), .tooLong(let line): line
    }
  }

  /// What is the matter, without where.
  public var reason: String {
    switch self {
    case .empty: "there is no instruction"
    case .directive(_, let reason): reason
    case .heredoc(_, let name): "the here-document '\(name)' has no end"
    case .noFrom(_, let name): "'\(name)' comes before the first FROM"
    case .badFrom: "FROM names no image"
    case .noReference(_, let name): "'\(name)' is no reference to an image"
    case .tooLong: "too long with its variables put in"
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
