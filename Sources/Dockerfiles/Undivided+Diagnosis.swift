import Command
import Records

// It chooses another way; a command that has none left reports it.

extension Undivided: Diagnosis {
  package var exitCode: ExitCode { .badData }
  package var message: String { "the Dockerfile is not divided: \(reason)" }
  package var hint: String? { nil }
}
