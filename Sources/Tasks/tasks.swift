import Cluster
import Command
import Glibc
import Records
import Settings

/// Runs tables of the application's `.draft-tasks.toml` in the given order: post-deploy in its pods, the others on this
/// machine in the application's directory. The output of tasks never goes to standard output.
///
/// Tables that follow a release run if the release has changed something, and until they have completed once: a task
/// that failed, or that a signal prevented, still runs when the next release finds nothing to do.
///
/// Throws ``TrustError`` before anything is run, ``TaskError``, and ``ClusterError`` if the pods cannot be found.
/// - Parameters:
///   - release: the release; nil runs the tables in any case.
///   - context: the kube context that a release would go to, called if there is no release; nil for podman.
/// - Returns: what was run; nil if there is nothing to run.
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
  // Parse every command before the first one is run.
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

/// A file that exists while a release has tasks still to be run.
package struct TaskNote {
  private let path: String

  package init(home: Home, app: App, context: String?) throws {
    path =
      try home.directory("tasks") + "/" + (context.map { "helm." + fileName($0) } ?? "podman")
      + ".\(app.namespace).\(app.name)"
  }

  /// The note of a release whose application has tasks to run after it; nil otherwise. A task file that cannot be read
  /// is reported by the stage that runs it.
  package static func due(home: Home, app: App, context: String?) throws -> TaskNote? {
    guard let file = try? TaskFile(directory: app.dir), !(file.tasks(.postDeploy) + file.tasks(.postUp)).isEmpty else {
      return nil
    }
    return try TaskNote(home: home, app: app, context: context)
  }

  /// Leaves the note when a release begins to change something.
  package func leave() throws { try Files.write([], to: path, mode: 0o600) }

  package var isThere: Bool { Files.exists(path) }
  package func remove() { unlink(path) }
}
