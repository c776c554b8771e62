import Charts
import Command
import Records
import Repositories
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-search", summary: "search the charts of the repositories that helm knows",
      operands: Operands("[WORD...]", .text),
      reads: "the indexes that 'draft repo update' and 'helm repo update' have stored",
      writes: Flow("a record for each chart, with 'fetch' and 'match'", ["fetch", "match"]),
      options: [
        Option("regexp", "r", help: "the words are regular expressions, as grep -E has them"),
        // Without a value it is what it is for every command.
        Option("version", value: "CONSTRAINT", help: "only versions that the constraint admits, as in '^1.2'"),
        Option("versions", "l", help: "every version, instead of the greatest"),
        Option("devel", help: "also pre-releases"),
        .output, .quiet
      ],
      examples: ["draft search redis | head -n 1 | draft fetch -d charts", "draft search --version '^18' redis cluster"]
    ).run { call in
      let options = call.arguments
      let constraint = try options["version"].map { text in
        guard let constraint = VersionConstraint(text) else {
          throw UsageError(
            "option '--version' takes a constraint, not '\(text)'", hint: "write it like '^1.2' or '>=2 <4'")
        }
        return constraint
      }
      let order = SearchOrder(
        words: options.operands, areExpressions: options.has("regexp"), constraint: constraint,
        allVersions: options.has("versions"), development: options.has("devel"))
      let isRecords = call.writesRecords, showsVersion = order.allVersions || constraint != nil
      let writer = RecordWriter()
      var lines = "", isEmpty = true
      let isWhole = try search(order, home: Home(), call: call) { match in
        isEmpty = false
        if isRecords {
          var record = Record()
          record.set(Fetch(reference: match.reference))
          record.set(match)
          return try writer.write(record)
        }
        let reference = showsVersion ? match.reference : "\(match.repository)/\(match.chart)"
        lines += (match.description.map { "\(reference) - \($0)" } ?? reference).harmless + "\n"
        // Many lines with one write: the first is not waited for.
        if lines.utf8.count > 1 << 16 {
          try Standard.output(lines)
          lines = ""
        }
      }
      try Standard.output(lines)
      if isEmpty { call.say("No chart matches") }
      return isWhole ? .done : .failed
    }
  }
}
