import Command
import Glibc
import Records
import Settings

/// The release a line is about, and where it is: what the commands that read releases, and those that change them without building
/// anything, begin with.
struct Subject {
  let name: String
  let namespace: String
  let settings: Settings
  let engine: Engine
  /// The line's application; its directory is empty when the line has none, or it is gone.
  let app: App

  /// - Parameter reading: nothing will be changed, and then a context that is not local need not be named.
  init(_ record: Record, call: Call, reading: Bool) throws {
    var app = try record.required(App.self)
    guard Name.isRelease(app.name) else { throw ReleaseError.badName(app.name) }
    guard Name.isNamespace(app.namespace) else { throw SettingsError.badRecord(field: "namespace", reason: "is not a DNS-1123 name") }
    if !Files.isDirectory(app.dir) { app.dir = "" }
    settings = try Settings(for: app, call: call, needsSource: false)
    app.namespace = settings.namespace
    name = app.name
    namespace = app.namespace
    self.app = app
    engine = try Engine(settings: settings, call: call, recorded: record.member(Release.self)?.engine, reading: reading)
  }
}

/// Begins a line for what a command was given: a directory, or the name of a release, which is looked for where the settings say.
/// A directory is what begins with a dot, has a slash in it, or is the name of a directory here; a file here is none, and does not
/// hide the release of its name. The one rule of every command that takes `NAME|DIRECTORY`.
/// - Parameter changing: a name will be changed where the draft.toml of the current directory says, which is to be trusted for that.
public func subject(_ operand: String, changing: Bool = false, call: Call) throws -> Record {
  if operand.hasPrefix(".") || operand.contains("/") || Files.isDirectory(operand) { return try Project.begin(directory: operand, call: call) }
  guard Name.isRelease(operand) else { throw ReleaseError.badName(operand) }
  let settings = try Project.settings(call: call)
  if changing, settings.contextNamedIn != nil { _ = try Engine(settings: settings, call: call) }
  var record = Record()
  record.set(line(operand, namespace: settings.namespace, settings: settings))
  return record
}

/// The applications a command is about that is no stage: one by its name or directory, else the records on standard input where that
/// is a pipe or a file, else the current directory.
public func subjects(named operand: String?, call: Call) throws -> [Record] {
  if let operand { return [try subject(operand, call: call)] }
  var status = stat()
  guard fstat(STDIN_FILENO, &status) == 0, [S_IFIFO, S_IFREG, S_IFSOCK].contains(status.st_mode & S_IFMT) else { return [try subject(".", call: call)] }
  var reader = RecordReader(), records: [Record] = []
  while let record = try reader.next() { records.append(record) }
  return records
}

/// `app` for a release whose directory nobody knows. The context is the one that somebody named, as in every other line: a stage
/// that changes something refuses one that is merely the current one, unless it is plainly local.
func line(_ name: String, namespace: String, settings: Settings) -> App {
  App(name: name, dir: "", environment: settings.environment, namespace: namespace, context: settings.kubeContext)
}
