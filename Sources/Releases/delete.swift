import Command
import Helm
import Images
import Podman
import Records
import Settings
import Tasks

/// Removes the record's release, in any state, and runs the cleanup tasks; it is not an error if it no longer exists.
/// Sets `deletion`, and `tasks` if any were run.
/// - Parameter images: whether to remove its images on this machine too.
public func delete(_ record: inout Record, images: Bool, home: Home, call: Call) throws {
  let subject = try Subject(record, call: call, reading: false)
  // Report errors in the task file, or missing trust, before anything is removed.
  if !subject.app.dir.isEmpty, let file = try TaskFile(directory: subject.app.dir), !file.tasks(.cleanup).isEmpty {
    try Trust(home: home).require(file.findings, of: subject.app.dir)
  }
  let changed = try remove(subject, home: home, call: call)
  call.say(changed ? "Deleted \(subject.name)" : "Release \"\(subject.name)\" is gone already")
  if !subject.app.dir.isEmpty,
    let tasks = try tasks(
      [.cleanup], of: subject.app, settings: subject.settings, home: home, context: { subject.engine.context },
      call: call
    )
  {
    record.set(tasks)
  }
  var deletion = Deletion(changed: changed, engine: subject.engine.name)
  if images { deletion.images = try removeImages(of: subject.app, settings: subject.settings, home: home, call: call) }
  record.set(deletion)
}

/// Returns whether there was a release.
private func remove(_ subject: Subject, home: Home, call: Call) throws -> Bool {
  let lock = try ReleaseLock(home: home, app: subject.app, engine: subject.engine)
  let changed =
    switch subject.engine {
    case .helm(let context):
      try uninstall(
        HelmProgram(context: context, namespace: subject.namespace, lock: lock.descriptor, call: call), subject.name)
    case .podman: try removePods(subject, lock: lock, call: call)
    }
  lock.end()
  return changed
}

private func uninstall(_ helm: HelmProgram, _ name: String) throws -> Bool {
  switch try helm.run(["uninstall", name]) {
  case .done: return true
  case .failed(let failure, let said):
    if said.contains("release: not found") { return false }
    throw failure.clusterError(context: helm.context, doing: "delete '\(name)'")
  }
}

private func removePods(_ subject: Subject, lock: ReleaseLock, call: Call) throws -> Bool {
  let revisions = try PodmanState.read(subject.app).revisions, pods = revisions.flatMap(\.pods).map(\.name)
  if pods.isEmpty { return false }
  // Give a program that handles SIGTERM time to stop.
  let grace = revisions.compactMap(\.grace).max() ?? 5
  let result = try Podman.run(
    ["pod", "rm", "--force", "--ignore", "--time=\(grace)"] + pods, lock: lock.descriptor,
    seconds: Podman.patience + grace, doing: "delete '\(subject.name)'")
  guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: "delete '\(subject.name)'") }
  Podman.removeVolumes(revisions.flatMap(\.scratch))
  return true
}
