// Reads: nothing. Writes: TAP.
import Checks
import Command
import Records

@main struct Entry {
  static func main() {
    Command(
      name: "draft-check-stage", summary: "test whether a program follows the rules for stages",
      operands: "COMMAND [ARGUMENT...]",
      writes: "a line of TAP for each check; exits 1 if a check fails",
      options: [
        Option(
          "record", "r", value: "FILE",
          help: "a file with a record to test with (default: one of a small application)"),
        Option("timeout", "t", value: "SECONDS", help: "the time limit for each check (default: 10)")
      ],
      examples: ["draft check-stage draft-scan | grep '^not ok'", "draft check-stage -- draft each lines -- wc -l"]
    ).run { call in
      let command = call.arguments.operands
      guard !command.isEmpty else {
        throw UsageError("no command given", hint: "as in 'draft check-stage draft-scan'")
      }
      let text = call.arguments["timeout"] ?? "10"
      guard let seconds = Double(text), (0.1...3600).contains(seconds) else {
        throw UsageError("option '--timeout' takes a number of seconds from 0.1 to 3600, not '\(text)'")
      }
      let record = try call.arguments["record"].map { try Record(firstOf: $0) }
      let passed = try checkStage(command, record: record, seconds: seconds) { try Standard.output($0 + "\n") }
      return passed ? .done : .failed
    }
  }
}
