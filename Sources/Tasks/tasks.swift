import Cluster
import Command
import Glibc
import Records
import Settings

/// Runs tables of the application's `.draft-tasks.toml`, in the order given: post-deploy in its pods, the others on this machine,
/// in the application's directory. Nothing of what a task writes reaches standard output.
///
/// What comes after a release is run when the release has changed something, and until it has once been run to its end: a task
/// that failed, or that a signal kept from being run, is not forgotten because the next release finds nothing to do.
///
/// Throws ``TrustError`` before anything is run, ``TaskError``, and ``ClusterError`` when the pods cannot be found.
/// - Parameters:
///   - release: what has been released; nil runs the tables whatever has happened.
///   - context: the kube context that a release would go to, asked for where there is none; nil when podman would run it.
/// - Returns: what was run; nil when there is nothing to run.
public func tasks(
  _ tables: [TaskFile.Table], of app: App, image: Image? = nil, release: Release? = nil, settings: Settings, home: Home,
  context: @escaping () throws -> String?, call: Call
) throws -> Tasks? {
  guard let file = try TaskFile(directory: app.dir) else { return nil }
  file.warnOfUnknownTables(call)
  let lists = tables.map { (table: $0, tasks: file.tasks($0)) }.filter { !$0.tasks.isEmpty }
  if lists.isEmpty { return nil }
  try Trust(home: home).require(file.findings, of: app.dir)

  var app = app
  app.namespace = release?.namespace ?? settings.namespace
  let runner = TaskRunner(app: app, release: release, settings: settings, context: context, call: call)
  // Every command is taken apart before the first of them is run.
  let ready = try lists.map { list in (list.table, try list.tasks.map { ($0.name, try $0.words(runner.variable)) }) }
  let note = try release.map { try TaskNote(home: home, app: app, context: $0.engine == "podman" ? nil : $0.context) }
  if let release, let note, !release.changed, !note.isThere {
    call.debug("release '\(app.name)' has not changed: its tasks are not run again")
    return nil
  }

  var ran = Tasks()
  for (table, commands) in ready {
    switch table {
    case .preUp: ran.preUp = try runner.here(commands)
    case .postDeploy: ran.postDeploy = try runner.inPods(commands, buildID: release == nil ? nil : image?.tag)
    case .postUp: ran.postUp = try runner.here(commands)
    case .cleanup: ran.cleanup = try runner.here(commands)
    }
  }
  note?.remove()
  return ran
}

/// A file that is there while a release has tasks still to be run.
package struct TaskNote {
  private let path: String

  package init(home: Home, app: App, context: String?) throws {
    path = try home.directory("tasks") + "/" + (context.map { "helm." + fileName($0) } ?? "podman") + ".\(app.namespace).\(app.name)"
  }

  /// The note of a release whose application has something to be run after it; nil for any other. A file of tasks that cannot be
  /// read is told by whoever runs them.
  package static func due(home: Home, app: App, context: String?) throws -> TaskNote? {
    guard let file = try? TaskFile(directory: app.dir), !(file.tasks(.postDeploy) + file.tasks(.postUp)).isEmpty else { return nil }
    return try TaskNote(home: home, app: app, context: context)
  }

  /// When a release begins to change something.
  package func leave() throws { try Files.write([], to: path, mode: 0o600) }

  package var isThere: Bool { Files.exists(path) }
  package func remove() { unlink(path) }
}
