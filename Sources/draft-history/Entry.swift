import Command
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-history", summary: "list the revisions of a release, newest first", operands: "[NAME|DIRECTORY...]",
      reads: Flow("names of releases, directories, or records with 'app'", ["app"]),
      writes: Flow("the same records with 'history'", ["history"]),
      options: [
        .environment, .kubeContext, .namespace, .engine,
        Option("max", value: "NUMBER", help: "the number of revisions to list, newest first (default: 256)")
      ],
      examples: [
        "draft list | draft history --max 1",
        "draft history -o record web | jq -r '.history.revisions[] | [.revision, .image] | @tsv'"
      ]
    ).runReport(
      begin: { operand, call in try subject(operand, call: call) },
      ahead: { records, call in if let limit = try? limit(call) { askAhead(history: records, limit: limit, call: call) }
      },
      words: { try historyTable($0) }
    ) { record, call in
      record.set(try history(record, limit: limit(call), call: call))
      return .done
    }
  }

  private static func limit(_ call: Call) throws -> Int {
    let text = call.arguments["max"] ?? "256"
    guard let limit = Int(text), limit > 0 else {
      throw UsageError("option '--max' takes a number from 1, not '\(text)'")
    }
    return limit
  }
}
