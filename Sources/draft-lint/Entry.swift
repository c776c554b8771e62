import Charts
import Command
import Environments
import Records
import Repositories

@main struct Entry {
  static func main() {
    Command(
      name: "draft-lint", summary: "check charts as helm does, and how their values and templates fit together",
      operands: Operands("[CHART...]", .directory, .file),
      reads: Flow(
        "charts: directories, archives, references; else records with 'chart'; else the current directory",
        ["chart"]),
      writes: Flow("a record with 'finding' for each finding", ["finding"]),
      options: [
        Option(
          "values", "f", value: Option.Value("FILE", .file), repeats: true,
          help: "also check the charts with the values of FILE, as with their ci/*.yaml"),
        Option(
          "kube-version", value: "VERSION",
          help: "the target version of Kubernetes: reports API versions that it does not serve"),
        Option(
          "fail-on", value: "error|warning|info|never",
          help: "exit 1 on findings of this severity or above (default: error)"),
        Option(
          "all", "a",
          help: "list each value that is read, but not in values.yaml, and branches of templates that no values take"),
        .output, .quiet
      ],
      examples: [
        "draft lint --fail-on warning charts/*",
        "draft lint charts/web | jq -r 'select(.finding.rule == \"unused\") | .finding.message'"
      ]
    ).run { call in
      let (order, limit) = (try order(call), try limit(call))
      let writer: RecordWriter? = call.writesRecords ? RecordWriter() : nil
      var isBad = false, checked = 0, counts: [Finding.Severity: Int] = [:]
      func tell(_ finding: Finding) throws {
        counts[finding.severity, default: 0] += 1
        if let limit, finding.severity.rank >= limit.rank { isBad = true }
        guard let writer else { return try Standard.output(finding.words) }
        var record = Record()
        record.set(finding)
        try writer.write(record)
      }
      let declared = DeclaredCharts(call)
      let code = try withInputs(call.arguments.operands, call: call, writer: writer) { input in
        if try declared.take(input, tell) { return }
        let chart = try localChart(of: input, call: call)
        checked += 1
        for finding in try lintChart(chart.name, at: chart.path, by: order) {
          try tell(Finding(finding, of: chart.name))
        }
      }
      try declared.lint.findings(by: order).forEach(tell)
      checked += declared.lint.count
      let found = Finding.Severity.allCases.reversed().compactMap { severity in
        counts[severity].map { "\($0) \(severity.plural($0))" }
      }
      call.say(
        "Checked \(checked) \(checked == 1 ? "chart" : "charts"): "
          + (found.isEmpty ? "nothing found" : found.joined(separator: ", ")))
      return isBad ? .failed : code
    }
  }

  private static func order(_ call: Call) throws -> LintOrder {
    var order = LintOrder(values: call.arguments.all("values"), listsAll: call.arguments.has("all"))
    guard let text = call.arguments["kube-version"] else { return order }
    guard let version = Version(text) else {
      throw UsageError("option '--kube-version' does not take '\(text)': write it like 1.30")
    }
    order.kubeVersion = version
    return order
  }

  private static func limit(_ call: Call) throws -> Finding.Severity? {
    guard let word = call.arguments["fail-on"] else { return .error }
    if word == "never" { return nil }
    guard let severity = Finding.Severity(rawValue: word) else {
      throw UsageError("option '--fail-on' does not take '\(word)': it is error, warning, info or never")
    }
    return severity
  }
}
