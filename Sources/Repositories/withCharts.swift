import Charts
import Command
import Contexts
import Glibc
import Records
import Settings

/// The path of a chart argument: a path stays as it is; another reference is fetched to a temporary directory that
/// lasts as long as the process.
/// - Throws: as ``fetch(_:named:by:call:)``.
package func localChart(_ text: String, call: Call) throws -> String {
  if isPath(text) { return text }
  let reference = try ChartReference(text)
  // 'charts/wbe' beside a directory 'charts' is more likely a path than a repository.
  if case .repository(let name, _, _) = reference, Files.isDirectory(name) { throw ChartError.missing(path: text) }
  let order = FetchOrder(
    destination: try Temporary.directory(), untar: false, verify: false, keyring: nil, home: try Home())
  return try fetch(reference, named: text, by: order, call: call).chart.payload.path
}

/// Whether an argument is a path and no other reference: it is there, says so, or has no slash.
package func isPath(_ text: String) -> Bool {
  !text.contains("/") || text.hasPrefix(".") || text.hasPrefix("/") || Files.exists(text)
}

/// The path of the chart of a record: that of its `chart`, checked, else that of its application.
/// - Throws: ``ArchiveError`` for a chart that is not the one of the record; ``ChartError``.
package func localChart(of record: Record, call: Call) throws -> String {
  if let chart = try record.member(Chart.self) { return try chart.checked().payload.path }
  if let request = try record.member(Fetch.self) {
    let order = FetchOrder(
      destination: nil, untar: false, verify: false, keyring: nil, home: try Home(),
      repository: HelmRepository(request))
    return try fetch(ChartReference(request.reference), named: request.reference, by: order, call: call).chart.payload
      .path
  }
  let app: App = try record.required()
  return try chartDirectory(app, settings: Settings(for: app, call: call))
}

/// Whether a command that is not a stage reads records: from a pipe or a file.
package func readsRecords() -> Bool {
  var status = stat()
  guard fstat(STDIN_FILENO, &status) == 0 else { return false }
  return [S_IFIFO, S_IFREG, S_IFSOCK].contains(status.st_mode & S_IFMT)
}

/// Does something with each chart of a command that is not a stage: its operands, else those of the records on standard
/// input if that is a pipe or a file, else the one in the current directory.
/// - Parameters:
///   - body: is told the name of the chart for the user, and its path.
/// - Returns: see ``withInputs(_:call:writer:stops:body:failed:)``.
package func withCharts(
  _ operands: [String], call: Call, writer: RecordWriter?, stops: Bool = false,
  body: (_ name: String, _ path: String) throws -> Void
) throws -> ExitCode {
  try withInputs(operands, call: call, writer: writer, stops: stops) { input in
    let chart = try localChart(of: input, call: call)
    try body(chart.name, chart.path)
  }
}

/// The name of an input's chart for the user, and its path.
/// - Throws: as the others of this name.
package func localChart(of input: Input, call: Call) throws -> (name: String, path: String) {
  switch input {
  case .operand(let name): return (name, try localChart(name, call: call))
  case .record(let record):
    let path = try localChart(of: record, call: call)
    return (path, path)
  }
}

/// What a command that is not a stage reads.
package enum Input {
  case operand(String)
  case record(Record)
}

/// Does something with each operand of a command, else with each record on standard input if that is a pipe or a file,
/// else with the current directory. An error of one of several does not stop the others.
/// - Parameters:
///   - writer: for failed records.
///   - stops: whether any error is the command's.
///   - failed: is told the error of an operand, or of the application of a record.
/// - Returns: ``ExitCode/failed`` if anything failed.
package func withInputs(
  _ operands: [String], call: Call, writer: RecordWriter?, stops: Bool = false, body: (Input) throws -> Void,
  failed: (_ name: String, any Diagnosis) -> Void = { _, _ in }
) throws -> ExitCode {
  var code = ExitCode.done
  func attempt(_ input: Input, named name: String, stops: Bool) throws -> (any Diagnosis)? {
    do {
      try body(input)
      return nil
    } catch {
      guard !stops, !(error is WriteError) else { throw error }
      let diagnosis = diagnosis(of: error)
      call.report(diagnosis)
      code = .failed
      failed(name, diagnosis)
      return diagnosis
    }
  }
  guard operands.isEmpty, readsRecords() else {
    let names = operands.isEmpty ? ["."] : operands
    for name in names { _ = try attempt(.operand(name), named: name, stops: stops || names.count == 1) }
    return code
  }
  var reader = RecordReader()
  while var record = try reader.next() {
    if record.has(Failure.name) {
      code = .failed
      try writer?.write(record)
      continue
    }
    let name = (try? record.member(App.self))?.name ?? "-"
    if let wrong = try attempt(.record(record), named: name, stops: stops) {
      record.set(Failure(by: call.name, code: wrong.exitCode, message: wrong.message, hint: wrong.hint))
      try writer?.write(record)
    }
  }
  return code
}
