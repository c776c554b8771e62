import Command
import Glibc
import Records
import Settings

/// The release of a record and where it is: the first step of commands that read releases or change them without a
/// build.
struct Subject {
  let name: String
  let namespace: String
  let settings: Settings
  let engine: Engine
  /// The record's application; its directory is empty if the record has none or it no longer exists.
  let app: App

  /// - Parameter reading: nothing will be changed, so a context that is not local need not be named.
  init(_ record: Record, call: Call, reading: Bool) throws {
    var app = try record.required(App.self)
    guard Name.isRelease(app.name) else { throw ReleaseError.badName(app.name) }
    guard Name.isNamespace(app.namespace) else {
      throw SettingsError.badRecord(field: "namespace", reason: "is not a DNS-1123 name")
    }
    if !Files.isDirectory(app.dir) { app.dir = "" }
    settings = try Settings(for: app, call: call, needsSource: false)
    app.namespace = settings.namespace
    name = app.name
    namespace = app.namespace
    self.app = app
    engine = try Engine(settings: settings, call: call, recorded: record.member(Release.self)?.engine, reading: reading)
  }
}

/// Begins a record for an operand: a directory, or the name of a release in the place that the settings select. An
/// operand is a directory if it begins with a dot, contains a slash, or names a directory here; a file of the same name
/// does not hide the release. All commands that take `NAME|DIRECTORY` use this rule.
/// - Parameter changing: the release will be changed where the draft.toml of the current directory says, so that must
///   be trusted.
public func subject(_ operand: String, changing: Bool = false, call: Call) throws -> Record {
  if operand.hasPrefix(".") || operand.contains("/") || Files.isDirectory(operand) {
    return try Project.begin(directory: operand, call: call)
  }
  return try subject(named: operand, changing: changing, call: call)
}

/// Begins a record for the name of a release.
/// - Parameters:
///   - namespace: where it is; nil is that of the settings.
///   - changing: see ``subject(_:changing:call:)``.
public func subject(
  named name: String, namespace: String? = nil, changing: Bool = false, call: Call
) throws -> Record {
  guard Name.isRelease(name) else { throw ReleaseError.badName(name) }
  let settings = try Project.settings(call: call)
  if changing, settings.contextNamedIn != nil { _ = try Engine(settings: settings, call: call) }
  var record = Record()
  record.set(line(name, namespace: namespace ?? settings.namespace, settings: settings))
  return record
}

/// The applications of a command that is not a stage: the operand, else the records on standard input if that is a pipe
/// or a file, else the current directory.
public func subjects(named operand: String?, call: Call) throws -> [Record] {
  if let operand { return [try subject(operand, call: call)] }
  var status = stat()
  guard fstat(STDIN_FILENO, &status) == 0, [S_IFIFO, S_IFREG, S_IFSOCK].contains(status.st_mode & S_IFMT) else {
    return [try subject(".", call: call)]
  }
  var reader = RecordReader(), records: [Record] = []
  while let record = try reader.next() { records.append(record) }
  return records
}

/// Does something with each release of a command that is not a stage: its operands, else the records on standard input
/// if that is a pipe or a file, else the application in the current directory. An error of one of several does not stop
/// the others.
/// - Parameter stops: whether any error is the command's.
/// - Returns: ``ExitCode/failed`` if anything failed.
public func withSubjects(
  _ operands: [String], stops: Bool, call: Call, body: (Record) throws -> Void
) throws -> ExitCode {
  var code = ExitCode.done
  func attempt(_ isOne: Bool, _ record: () throws -> Record) throws {
    do { try body(record()) } catch {
      guard !isOne, !stops, !(error is WriteError) else { throw error }
      call.report(diagnosis(of: error))
      code = .failed
    }
  }
  if operands.isEmpty {
    let records = try subjects(named: nil, call: call)
    for record in records {
      if record.has(Failure.name) { code = .failed } else { try attempt(records.count == 1) { record } }
    }
  } else {
    for operand in operands { try attempt(operands.count == 1) { try subject(operand, call: call) } }
  }
  return code
}

/// The `app` of a release whose directory is unknown. The context is the named one, as in every other record: a stage
/// that changes something refuses a context that is only current, unless it is plainly local.
func line(_ name: String, namespace: String, settings: Settings) -> App {
  App(name: name, dir: "", environment: settings.environment, namespace: namespace, context: settings.kubeContext)
}
