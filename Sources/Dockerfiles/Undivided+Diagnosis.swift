import Command
import Records

// Callers use it to choose another way to build; it is reported only if there is none.

extension Undivided: Diagnosis {
  package var exitCode: ExitCode { .badData }
  package var message: String { "the Dockerfile is not divided: \(reason)" }
  package var hint: String? { nil }
}
