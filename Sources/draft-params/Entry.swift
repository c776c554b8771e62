import Charts
import Command
import Records
import Repositories

@main struct Entry {
  static func main() {
    Command(
      name: "draft-params", summary: "list the parameters of a chart, and where its templates read them",
      operands: Operands("[CHART...]", .directory, .file),
      reads: "charts: directories, archives or references; without any the current directory",
      writes: Flow("a record with 'param' for each parameter", ["param"]),
      options: [
        Option("subcharts", help: "include parameters that only sub-charts declare or read"),
        Option(
          "write", value: "FILE",
          help: "write a values file to fill in to FILE; '-' is standard output"),
        Option("schema", help: "print a values.schema.json for the parameters"),
        .output, .quiet
      ],
      examples: [
        "draft params charts/web | jq -r 'select(.param.marks | index(\"unused\")?) | .param.path'",
        "draft params --write values.yaml charts/web"
      ]
    ).run { call in
      let operands = call.arguments.operands.isEmpty ? ["."] : call.arguments.operands
      let (file, wantsSchema) = (call.arguments["write"], call.arguments.has("schema"))
      guard file == nil || !wantsSchema else { throw UsageError("options '--write' and '--schema' exclude each other") }
      guard !wantsSchema || operands.count == 1 else {
        throw UsageError("option '--schema' takes one chart, not \(operands.count)")
      }
      var code = ExitCode.done, charts: [ChartParams] = []
      let writer: RecordWriter? = call.writesRecords && file == nil && !wantsSchema ? RecordWriter() : nil
      for operand in operands {
        do {
          let chart = try ChartParams(
            operand, at: localChart(operand, call: call), withSubcharts: call.arguments.has("subcharts"), call: call)
          if let writer {
            for parameter in chart.list { try writer.write(chart.record(of: parameter)) }
          } else {
            charts.append(chart)
          }
        } catch {
          guard operands.count > 1, file == nil, !(error is WriteError) else { throw error }
          call.report(diagnosis(of: error))
          code = .failed
        }
      }
      if let file {
        try write(charts, to: file, call: call)
      } else if wantsSchema {
        for chart in charts { try Standard.output(chart.schema.text + "\n") }
      } else if writer == nil {
        let isOne = operands.count == 1
        try Standard.output(
          charts.map { (isOne ? "" : "# chart: \($0.reference.harmless)\n") + $0.words }.joined(separator: "\n"))
      }
      return code
    }
  }

  private static func write(_ charts: [ChartParams], to file: String, call: Call) throws {
    let text = charts.map(\.stub).joined(separator: "---\n")
    if file == "-" { return try Standard.output(text) }
    try Files.write(Array(text.utf8), to: file, replacing: false)
    call.pass("Created: \(file.harmless)\n")
  }
}
