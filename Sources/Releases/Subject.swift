import Command
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
    guard isReleaseName(app.name) else { throw ReleaseError.badName(app.name) }
    guard Name.isNamespace(app.namespace) else { throw SettingsError.badRecord(field: "namespace", reason: "is not a DNS-1123 name") }
    if !Files.isDirectory(app.dir) { app.dir = "" }
    var known = app
    // A release of somebody else's may be called what no application is, with dots.
    if app.dir.isEmpty { known.name = Name.safe(app.name) }
    settings = try Settings(for: known, call: call, needsSource: false)
    app.namespace = settings.namespace
    name = app.name
    namespace = app.namespace
    self.app = app
    engine = try Engine(settings: settings, call: call, recorded: record.member(Release.self)?.engine, reading: reading)
  }
}

/// Begins a line for what a command was given: a directory, or the name of a release, which is looked for where the settings say.
/// A name with a slash, and one that a directory here has, is a directory.
public func subject(_ operand: String, call: Call) throws -> Record {
  if operand.contains("/") || operand == "." || operand == ".." || Files.isDirectory(operand) { return try Project.begin(directory: operand, call: call) }
  guard isReleaseName(operand) else { throw ReleaseError.badName(operand) }
  let settings = try Project.settings(call: call)
  var record = Record()
  record.set(line(operand, namespace: settings.namespace, settings: settings))
  return record
}

/// `app` for a release whose directory nobody knows. The context is the one that somebody named, as in every other line: a stage
/// that changes something refuses one that is merely the current one, unless it is plainly local.
func line(_ name: String, namespace: String, settings: Settings) -> App {
  App(name: name, dir: "", environment: settings.environment, namespace: namespace, context: settings.kubeContext)
}
