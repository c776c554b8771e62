import Glibc
import Records

/// Who was called, where that is draft-up or draft-create and this is a stage of its pipeline. pipeline.sh tells us by variables,
/// which are not for our children.
struct Caller: Sendable {
  /// `draft-up`; nil for a stage that was called itself.
  let name: String?
  /// The first stage: its standard input is the caller's.
  let isFirst: Bool

  /// By the variables, which are removed.
  static let current: Caller = {
    let name = environmentVariable("DRAFT_CALLED")?.harmless
    let caller = Caller(name: name, isFirst: name != nil && environmentVariable("DRAFT_FIRST") != nil)
    unsetenv("DRAFT_CALLED")
    unsetenv("DRAFT_FIRST")
    return caller
  }()

  /// By whom an error is signed that has no line: the first stage speaks for the caller, whose options and input it has.
  static func signs(for stage: String) -> String { current.isFirst ? current.name ?? stage : stage }

  /// By whom an error is signed: the settings are the caller's, whichever stage is the first to use them.
  static func signs(_ error: any Diagnosis, for stage: String) -> String { error.isOfSettings ? current.name ?? stage : stage }
}

/// Nothing has come in where somebody waits for something to be done.
struct NothingCameIn: Diagnosis {
  let caller: String

  var exitCode: ExitCode { .noInput }
  var message: String { "nothing came in on standard input" }
  var hint: String? { "name a directory: '\(caller.split(separator: "-", maxSplits: 1).joined(separator: " ")) .'" }
}
