import Command
import Records
import Releases
import Repositories

@main struct Entry {
  static func main() {
    Command(
      name: "draft-test", summary: "render charts with each of their ci/*.yaml",
      operands: Operands("[CHART...]", .directory, .file),
      reads: "charts: directories, archives or references; without any the current directory",
      writes: Flow("a record with 'test' for each ci/*.yaml of a chart", ["test"]),
      options: [
        Option("kube-version", value: "VERSION", help: "the version of Kubernetes to render for (default: helm's own)"),
        Option("junit", value: "FILE", help: "also write the results to FILE as JUnit XML, for CI"),
        .output, .quiet
      ],
      examples: [
        "draft test charts/* | jq -r 'select(.test.passed | not) | .test.message'",
        "draft test --junit report.xml charts/web"
      ]
    ).run { call in
      let operands = call.arguments.operands.isEmpty ? ["."] : call.arguments.operands
      var code = ExitCode.done, done: [(test: ChartTest, seconds: Double)] = []
      let writer: RecordWriter? = call.writesRecords ? RecordWriter() : nil
      for operand in operands {
        do {
          let path = try localChart(operand, call: call)
          for test in try chartCases(path) {
            let start = ContinuousClock.now
            let result = try testChart(
              path, named: operand, test, kubeVersion: call.arguments["kube-version"], call: call)
            let spent = (ContinuousClock.now - start).components
            done.append((result, Double(spent.seconds) + Double(spent.attoseconds) / 1e18))
            if !result.passed { code = .failed }
            try tell(result, to: writer)
          }
        } catch {
          guard operands.count > 1, !(error is WriteError) else { throw error }
          call.report(diagnosis(of: error))
          code = .failed
          done.append(
            (
              ChartTest(
                chart: operand, values: nil, passed: false, objects: nil, message: diagnosis(of: error).message), 0
            ))
        }
      }
      if let file = call.arguments["junit"] { try Files.write(Array(junit(done).utf8), to: file) }
      let failed = done.count { !$0.test.passed }
      call.say(failed == 0 ? "\(done.count) passed" : "\(failed) of \(done.count) failed")
      return code
    }
  }

  private static func tell(_ test: ChartTest, to writer: RecordWriter?) throws {
    if let writer {
      var record = Record()
      record.set(test)
      return try writer.write(record)
    }
    let name = "\(test.chart): \(test.values ?? "defaults")".harmless
    try Standard.output(
      test.passed ? "ok      \(name)\n" : "FAILED  \(name)\n        \((test.message ?? "").harmless)\n")
  }
}
