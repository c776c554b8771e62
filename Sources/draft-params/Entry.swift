import Charts
import Command
import Glibc
import Records
import Releases
import Repositories

@main struct Entry {
  static func main() {
    Command(
      name: "draft-params", summary: "list the parameters of a chart, and where its templates read them",
      operands: Operands("[CHART...]", .directory, .file),
      reads: Flow(
        "charts: directories, archives, references; else records with 'chart'; else the current directory",
        ["chart"]),
      writes: Flow("a record with 'param' for each parameter", ["param"]),
      options: [
        Option("subcharts", help: "include parameters that only sub-charts declare or read"),
        Option(
          "write", value: "FILE",
          help: "write a values file to fill in to FILE; '-' is standard output"),
        Option("schema", help: "print a values.schema.json for the parameters"),
        Option(
          "from", value: Option.Value("RELEASE", .release),
          help: "take the values of this release for defaults, and without a CHART also its chart"),
        .environment, .kubeContext, .namespace, .engine, .output, .quiet
      ],
      examples: [
        "draft params charts/web | jq -r 'select(.param.marks | index(\"unused\")?) | .param.path'",
        "draft params --write values.yaml charts/web", "draft params --from web --write values.yaml"
      ]
    ).run { call in
      let (file, wantsSchema) = (call.arguments["write"], call.arguments.has("schema"))
      let place = ["environment", "kube-context", "namespace", "engine"].first(where: call.arguments.has)
      if let place, !call.arguments.has("from") { throw UsageError("option '--\(place)' is for '--from'") }
      guard file == nil || !wantsSchema else { throw UsageError("options '--write' and '--schema' exclude each other") }
      let operands = call.arguments.operands.count
      guard !wantsSchema || operands <= 1 else {
        throw UsageError("option '--schema' takes one chart, not \(operands)")
      }
      var charts: [ChartParams] = []
      let writer: RecordWriter? = call.writesRecords && file == nil && !wantsSchema ? RecordWriter() : nil
      let released = try call.arguments["from"].map { try releasedChart($0, call: call) }
      func add(_ name: String, _ path: String, isStored: Bool = false) throws {
        let chart = try ChartParams(
          name, at: path, given: released?.given, isStored: isStored, withSubcharts: call.arguments.has("subcharts"),
          call: call)
        if let writer {
          for parameter in chart.list { try writer.write(chart.record(of: parameter)) }
        } else {
          charts.append(chart)
        }
      }
      var code = ExitCode.done
      if let released, operands == 0 {
        try add(released.chart, released.path, isStored: true)
      } else {
        code = try withCharts(call.arguments.operands, call: call, writer: writer, stops: file != nil) {
          try add($0, $1)
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
    // The values of a release may be secret.
    let mode: mode_t = call.arguments.has("from") ? 0o600 : 0o644
    try Files.write(Array(text.utf8), to: file, mode: mode, replacing: false)
    call.pass("Created: \(file.harmless)\n")
  }
}
