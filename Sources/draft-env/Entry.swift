import Charts
import Command
import Environments
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-env", summary: "list the releases that environments declare, with the values helm will use",
      operands: Operands("[NAME...]", .text),
      reads: "environments.yaml and the files it names",
      writes: Flow(
        "a record for each release: 'app', with 'fetch' and 'values' or with 'resources'",
        ["app", "fetch", "values", "resources", "order", "triggers", "finding", "failure"]),
      options: [
        .environmentsFile,
        Option("all", help: "all environments of the file"),
        Option("list", "l", help: "print ENVIRONMENT/RELEASE of each, as draft release takes them"),
        Option("check", help: "write a record with 'finding' for each finding instead; exits 1 if one is an error"),
        .output, .quiet
      ],
      examples: [
        "draft env prod | draft order | draft release -j 4",
        "draft env --check --all | jq -r 'select(.finding.severity == \"error\") | .finding.message'"
      ]
    ).run { call in
      let options = call.arguments
      if options.has("list"), options.has("check") {
        throw UsageError("options '--list' and '--check' exclude each other")
      }
      if options.has("all"), let name = options.operands.first {
        throw UsageError("option '--all' and '\(name)' exclude each other")
      }
      let environments = try Environments(options["environments-file"], home: Home(), call: call)
      let isWhole = options.has("all") || options.operands.isEmpty && (options.has("list") || options.has("check"))
      let names = isWhole ? environments.names : options.operands
      guard !names.isEmpty || environments.names.isEmpty else {
        throw EnvironmentError.unnamed(file: environments.path, names: environments.names)
      }
      return options.has("check") ? try check(environments, names, call) : try write(environments, names, call)
    }
  }

  private static func write(_ environments: Environments, _ names: [String], _ call: Call) throws -> ExitCode {
    for finding in environments.findings { tell(finding, call) }
    try environments.check()
    let isList = call.arguments.has("list")
    let writer: RecordWriter? = call.writesRecords && !isList ? RecordWriter() : nil
    var rows: [[String]] = [], code = ExitCode.done
    for name in names {
      let before = environments.findings.count
      do {
        try environments.read(name) { release in
          for finding in release.findings { tell(finding, call) }
          if release.record.has(Failure.name) { code = .failed }
          if let writer { return try writer.write(release.record) }
          guard !isList else { return try Standard.output("\(release.environment)/\(release.name)\n") }
          rows.append([release.environment, release.name, release.what, release.namespace, release.context ?? ""])
        }
      } catch let error as EnvironmentError {
        for finding in environments.findings[before...] { tell(finding, call) }
        guard names.count > 1, case .badFile = error else { throw error }
        call.report(error)
        code = .failed
        continue
      }
      for finding in environments.findings[before...] { tell(finding, call) }
    }
    if !rows.isEmpty {
      try Standard.output(table(["ENVIRONMENT", "RELEASE", "CHART", "NAMESPACE", "CONTEXT"], rows))
    }
    return code
  }

  private static func check(_ environments: Environments, _ names: [String], _ call: Call) throws -> ExitCode {
    var findings = environments.findings, count = 0
    for name in names {
      let before = environments.findings.count
      try environments.read(name, checking: true) { release in
        count += 1
        findings += release.findings
      }
      findings.insert(contentsOf: environments.findings[before...], at: findings.count)
    }
    let writer: RecordWriter? = call.writesRecords ? RecordWriter() : nil
    for finding in findings {
      guard let writer else {
        try Standard.output(finding.words)
        continue
      }
      var record = Record()
      record.set(finding)
      try writer.write(record)
    }
    let errors = findings.count { $0.severity == .error }
    call.say(
      "Checked \(count) \(count == 1 ? "release" : "releases"): "
        + (findings.isEmpty
          ? "nothing found"
          : "\(errors) \(Finding.Severity.error.plural(errors)), \(findings.count - errors) less than that"))
    return errors > 0 ? .failed : .done
  }

  private static func tell(_ finding: Finding, _ call: Call) {
    for line in finding.words.lines { call.relay(String(line)) }
  }
}
