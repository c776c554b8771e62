import Command
import Helm
import Images
import Podman
import Records
import Settings
import Tasks

/// Removes the line's release, whatever state it is in, and runs the tasks for after that; one that is gone already is no error. Sets
/// `deletion`, and `tasks` where some were run.
/// - Parameter images: what this machine has of its images goes too.
public func delete(_ record: inout Record, images: Bool, home: Home, call: Call) throws {
  let subject = try Subject(record, call: call, reading: false)
  // A mistake in it is told before anything is gone, and that it may not be run.
  if !subject.app.dir.isEmpty, let file = try TaskFile(directory: subject.app.dir), !file.tasks(.cleanup).isEmpty {
    try Trust(home: home).require(file.findings, of: subject.app.dir)
  }
  let changed = try remove(subject, home: home, call: call)
  call.say(changed ? "Deleted \(subject.name)" : "Release \"\(subject.name)\" is gone already")
  if !subject.app.dir.isEmpty, let tasks = try tasks(
    [.cleanup], of: subject.app, settings: subject.settings, home: home, context: { subject.engine.context }, call: call
  ) { record.set(tasks) }
  var deletion = Deletion(changed: changed, engine: subject.engine.name)
  if images { deletion.images = try removeImages(of: subject.app, settings: subject.settings, home: home, call: call) }
  record.set(deletion)
}

/// Whether there was a release.
private func remove(_ subject: Subject, home: Home, call: Call) throws -> Bool {
  let lock = try ReleaseLock(home: home, app: subject.app, engine: subject.engine)
  let changed =
    switch subject.engine {
    case .helm(let context): try uninstall(HelmProgram(context: context, namespace: subject.namespace, lock: lock.descriptor, call: call), subject.name)
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
  // A program that heeds SIGTERM gets the time for it.
  let grace = revisions.compactMap(\.grace).max() ?? 5
  let result = try Podman.run(
    ["pod", "rm", "--force", "--ignore", "--time=\(grace)"] + pods, lock: lock.descriptor, seconds: Podman.patience + grace, doing: "delete '\(subject.name)'")
  guard result.succeeded else { throw PodmanFailure.error(result.errorText, doing: "delete '\(subject.name)'") }
  Podman.removeVolumes(revisions.flatMap(\.scratch))
  return true
}
