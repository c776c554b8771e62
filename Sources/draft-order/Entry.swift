import Command
import Environments
import Glibc
import Records

@main struct Entry {
  static func main() {
    Command(
      name: "draft-order", summary: "put releases into the order in which they need each other",
      reads: Flow(
        "records with 'app', and 'order' with what each needs; all of them, before the first is written",
        ["app", "order"]),
      writes: Flow("the same records with 'order', each after those it needs", ["order"]),
      options: [.output, .quiet],
      examples: [
        "draft env prod | draft order | draft release -j 4",
        "draft env prod | draft order | jq -r '\"\\(.order.rank) \\(.app.name)\"'"
      ]
    ).run { call in
      if let operand = call.arguments.operands.first { throw UsageError("unexpected '\(operand)': it reads records") }
      guard isatty(STDIN_FILENO) == 0 else {
        throw UsageError("it reads records from a pipe", hint: "try 'draft env NAME | draft order'")
      }
      var reader = RecordReader(), records: [Record] = [], broken: RecordError?
      do throws(RecordError) { while let record = try reader.next() { records.append(record) } } catch {
        broken = error
      }
      let writer: RecordWriter? = call.writesRecords ? RecordWriter() : nil
      var rows: [[String]] = [], code = ExitCode.done
      let lines = try sequence(records, isDeployed: { try isDeployed($0, call: call) }, warn: { call.warn($0) })
      for (line, error) in lines {
        var record = line
        if !record.has(Failure.name), let error {
          call.report(error)
          record.set(
            Failure(by: "draft-order", code: error.exitCode, message: error.message, hint: error.hint))
        }
        if record.has(Failure.name) { code = .failed }
        if let writer {
          try writer.write(record)
        } else if let app: App = try record.member(), let order: Needs = try record.member() {
          rows.append([order.rank.map(String.init) ?? "", app.environment, app.name, order.needs.joined(separator: " ")]
          )
        }
      }
      if writer == nil, !rows.isEmpty { try Standard.output(table(["RANK", "ENVIRONMENT", "RELEASE", "NEEDS"], rows)) }
      if let broken { throw broken }
      return code
    }
  }
}
