import Command
import Records

extension Unpacking: Diagnosis {
  var exitCode: ExitCode { .badData }
  var message: String { "what helm has stored \(reason)" }
  var hint: String? { nil }
}
