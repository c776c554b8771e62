import Command
import Records

extension StoredLogError: Diagnosis {
  public var exitCode: ExitCode { if case .several = self { .usage } else { .noInput } }

  public var message: String {
    switch self {
    case .none(let app): "no build of '\(app)' has left a log here"
    case let .unknown(build, app): "no build '\(build)' of '\(app)' has left a log here"
    case let .several(build, app): "more than one build of '\(app)' begins with '\(build)'"
    }
  }

  public var hint: String? {
    switch self {
    case .none: "only a build that changes something writes one; 'draft logs --follow' shows the pods' logs"
    case .unknown: "'draft logs' without a build opens the last one; an image that was unchanged was not built"
    case .several: "use a longer prefix"
    }
  }
}
