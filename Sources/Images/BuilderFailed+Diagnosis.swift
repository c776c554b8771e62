import Command
import Records

// Callers handle these in another way; a command that cannot reports them.

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
