import Command
import Records
import Releases
import Repositories
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-test", summary: "render charts with each of their ci/*.yaml, or run the tests of releases",
      operands: Operands("[CHART|RELEASE...]", .directory, .file, .release),
      reads: Flow(
        "charts: directories, archives or references; names of releases; else records with 'chart' or 'release'; else "
          + "the current directory", ["chart", "release"]),
      writes: Flow("a record with 'test' for each ci/*.yaml of a chart, and for each test pod of a release", ["test"]),
      options: [
        Option("kube-version", value: "VERSION", help: "the version of Kubernetes to render for (default: helm's own)"),
        Option("junit", value: "FILE", help: "also write the results to FILE as JUnit XML, for CI"),
        .environment, .kubeContext, .namespace, .engine,
        Option("timeout", value: "SECONDS", help: "how long to wait for each test of a release (default: 300)"),
        .output, .quiet
      ],
      examples: [
        "draft test charts/* | jq -r 'select(.test.passed | not) | .test.message'",
        "draft test --junit report.xml web"
      ]
    ).run { call in
      let timeout = try ReleaseOptions(timeout: call.arguments["timeout"]).timeout
      var code = ExitCode.done, done: [TimedTest] = []
      let writer: RecordWriter? = call.writesRecords ? RecordWriter() : nil
      func add(_ test: ChartTest, seconds: Double) throws {
        done.append((test, seconds))
        if !test.passed { code = .failed }
        try tell(test, to: writer)
      }
      func chart(_ name: String, _ path: String) throws {
        for test in try chartCases(path) {
          let start = ContinuousClock.now
          let result = try testChart(path, named: name, test, kubeVersion: call.arguments["kube-version"], call: call)
          let spent = (ContinuousClock.now - start).components
          try add(result, seconds: Double(spent.seconds) + Double(spent.attoseconds) / 1e18)
        }
      }
      func release(_ record: Record) throws {
        for test in try testRelease(record, timeout: timeout, home: Home(), call: call) {
          let times = [test.started, test.finished].compactMap { $0.flatMap { Instant($0) } }
          try add(test, seconds: times.count == 2 ? Double(max(0, times[1].seconds &- times[0].seconds)) : 0)
        }
      }
      let whole = try withInputs(call.arguments.operands, call: call, writer: writer) { input in
        switch input {
        case .operand(let name) where isRelease(name): try release(subject(name, changing: true, call: call))
        case .operand(let name): try chart(name, localChart(name, call: call))
        case .record(let record) where try isRelease(record): try release(record)
        case .record(let record):
          let path = try localChart(of: record, call: call)
          try chart(path, path)
        }
      } failed: { name, diagnosis in
        let test = ChartTest(chart: name, values: nil, passed: false, objects: nil, message: diagnosis.message)
        done.append((test, 0))
      }
      if let file = call.arguments["junit"] { try Files.write(Array(junit(done).utf8), to: file) }
      let failed = done.count { !$0.test.passed }
      call.say(failed == 0 ? "\(done.count) passed" : "\(failed) of \(done.count) failed")
      return whole == .done ? code : whole
    }
  }

  /// Whether an operand is the name of a release: one without a slash, that is neither a file nor an archive.
  private static func isRelease(_ operand: String) -> Bool {
    isPath(operand) && !operand.contains("/") && !operand.hasPrefix(".") && !operand.hasSuffix(".tgz")
      && !Files.exists(operand)
  }

  /// Whether a line is that of a release: it was released, or has no chart and no directory.
  private static func isRelease(_ record: Record) throws -> Bool {
    if record.has(Release.name) { return true }
    return try !record.has(Chart.name) && (record.member(App.self)?.dir.isEmpty ?? false)
  }

  private static func tell(_ test: ChartTest, to writer: RecordWriter?) throws {
    if let writer {
      var record = Record()
      record.set(test)
      return try writer.write(record)
    }
    let name = "\(test.release ?? test.chart): \(test.pod ?? test.values ?? "defaults")".harmless
    try Standard.output(
      test.passed ? "ok      \(name)\n" : "FAILED  \(name)\n        \((test.message ?? "").harmless)\n")
  }
}
