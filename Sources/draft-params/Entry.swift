import Charts
import Command
import Records
import Repositories

@main struct Entry {
  static func main() {
    Command(
      name: "draft-params", summary: "list the parameters of a chart, and where its templates read them",
      operands: Operands("[CHART...]", .directory, .file),
      reads: Flow(
        "charts: directories, archives or references; else records with 'chart'; else the current directory", ["chart"]),
      writes: Flow("a record with 'param' for each parameter", ["param"]),
      options: [
        Option("subcharts", help: "also what only sub-charts declare or read"),
        Option(
          "write", value: "FILE",
          help: "write a values file to fill in, with the comments, to FILE; '-' is standard output"),
        Option("schema", help: "print a values.schema.json of the parameters"),
        .output, .quiet
      ],
      examples: [
        "draft params charts/web | jq -r 'select(.param.marks | index(\"unused\")?) | .param.path'",
        "draft params --write values.yaml charts/web"
      ]
    ).run { call in
      let (file, wantsSchema) = (call.arguments["write"], call.arguments.has("schema"))
      guard file == nil || !wantsSchema else { throw UsageError("options '--write' and '--schema' exclude each other") }
      let operands = call.arguments.operands.count
      guard !wantsSchema || operands <= 1 else {
        throw UsageError("option '--schema' takes one chart, not \(operands)")
      }
      var charts: [ChartParams] = []
      let writer: RecordWriter? = call.writesRecords && file == nil && !wantsSchema ? RecordWriter() : nil
      let code = try withCharts(call, writer: writer, stops: file != nil) { name, path in
        let chart = try ChartParams(name, at: path, withSubcharts: call.arguments.has("subcharts"), call: call)
        if let writer {
          for parameter in chart.list { try writer.write(chart.record(of: parameter)) }
        } else {
          charts.append(chart)
        }
      }
      if let file {
        try write(charts, to: file, call: call)
      } else if wantsSchema {
        guard charts.count <= 1 else { throw UsageError("option '--schema' takes one chart, not \(charts.count)") }
        for chart in charts { try Standard.output(chart.schema.text + "\n") }
      } else if writer == nil {
        let isOne = charts.count == 1 && operands <= 1
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
