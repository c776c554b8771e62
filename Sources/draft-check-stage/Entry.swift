// Reads: nothing. Writes: TAP.
import Checks
import Command
import Records

@main struct Entry {
  static func main() {
    Command(
      name: "draft-check-stage", summary: "test whether a program keeps the promises of a stage", operands: "COMMAND [ARGUMENT...]",
      writes: "a line of TAP for each check; exits 1 when one fails",
      options: [
        Option("record", "r", value: "FILE", help: "a record the stage can work on (default: one of a small application in Python)"),
        Option("timeout", "t", value: "SECONDS", help: "how long one check may take (default: 10)"),
      ],
      examples: ["draft check-stage draft-scan | grep '^not ok'", "draft check-stage -- draft each lines -- wc -l"]
    ).run { call in
      let arguments = call.arguments
      guard !arguments.operands.isEmpty else {
        throw UsageError("no command is given", hint: "as in 'draft check-stage draft-scan'; try 'draft-check-stage --help'")
      }
      let seconds = arguments["timeout"].map(Double.init) ?? 10
      guard let seconds, (0.1...3600).contains(seconds) else {
        throw UsageError("option '--timeout' takes a number of seconds from 0.1 to 3600, not '\(arguments["timeout"] ?? "")'")
      }
      let record = try arguments["record"].map { try Record(firstOf: $0) }
      let passed = try checkStage(arguments.operands, record: record, seconds: seconds) { try Standard.output($0 + "\n") }
      return passed ? .done : .failed
    }
  }
}
