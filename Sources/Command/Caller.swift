import Glibc
import Records

/// The command that the user called, if that is draft-up or draft-create and this process is a stage of its pipeline.
/// pipeline.sh passes it in variables, which our children must not inherit.
struct Caller: Sendable {
  /// `draft-up`; nil for a stage that the user called directly.
  let name: String?
  /// Whether this is the first stage: its standard input is the caller's.
  let isFirst: Bool

  /// Reads the variables and unsets them.
  static let current: Caller = {
    let name = environmentVariable("DRAFT_CALLED")?.harmless
    let caller = Caller(name: name, isFirst: name != nil && environmentVariable("DRAFT_FIRST") != nil)
    unsetenv("DRAFT_CALLED")
    unsetenv("DRAFT_FIRST")
    return caller
  }()

  /// The name that signs an error outside any line: the first stage speaks for the caller, whose options it has.
  static func signs(for stage: String) -> String { current.isFirst ? current.name ?? stage : stage }

  /// The name that signs an error: errors of settings are the caller's, whichever stage reads the settings first.
  static func signs(_ error: any Diagnosis, for stage: String) -> String {
    error.isOfSettings ? current.name ?? stage : stage
  }
}

/// Standard input was empty, and the caller was to do something.
struct NothingCameIn: Diagnosis {
  let caller: String

  var exitCode: ExitCode { .noInput }
  var message: String { "no records on standard input" }
  var hint: String? { "name a directory: '\(caller.split(separator: "-", maxSplits: 1).joined(separator: " ")) .'" }
}
