import Command
import Records

// These choose another way; whoever has none left tells them.

extension Undivided: Diagnosis {
  var exitCode: ExitCode { .badData }
  var message: String { "the Dockerfile is not divided: \(reason)" }
  var hint: String? { nil }
}

extension NeedsBuild: Diagnosis {
  public var exitCode: ExitCode { .badData }
  public var message: String { "the image has to be built: \(why)" }
  public var hint: String? { nil }
}

extension BuilderFailed: Diagnosis {
  var exitCode: ExitCode { .unavailable }
  var message: String { "'\(program)' exited with status \(status)" }
  var hint: String? { nil }
}
