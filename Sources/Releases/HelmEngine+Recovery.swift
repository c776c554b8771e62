import CSystem
import Cluster
import Command
import Glibc
import Helm
import Records

/// What is done about releases that did not come to a good end.
extension HelmEngine {
  /// Half a minute for a cluster that has gone away to answer again, and no longer than there is for the release.
  func comesBack() -> Bool {
    order.call.say("The cluster went away in the middle of it: waiting for it")
    let deadline = min(csystem_nanoseconds() + 30_000_000_000, began + UInt64(order.options.timeout) * 1_000_000_000)
    let kubectl = Kubectl(context: context, call: order.call)
    repeat {
      sleep(1)
      // One that hangs is asked no more than it has to be.
      if kubectl.answers, (try? newest()) != nil { return true }
    } while csystem_nanoseconds() < deadline
    return false
  }

  /// A release of ours that was killed on its way is put back to where it was; anybody else's is left alone.
  func recover(_ state: HelmState) throws -> HelmState? {
    guard lock.unfinished == state.revision else {
      throw HelmError.pending(name: app.name, namespace: app.namespace, status: state.status, revision: state.revision)
    }
    order.call.say("Release \"\(app.name)\" was interrupted at revision \(state.revision): putting it right")
    if state.status == "pending-install" {
      try helm(["uninstall", app.name], newest: state, doing: "remove the interrupted release '\(app.name)'", isShort: true)
    } else if rollBack(state) == nil {
      try helm(["rollback", app.name], newest: state, doing: "roll the interrupted release '\(app.name)' back", isShort: true)
    }
    return try newest()
  }

  /// Helm compares with what was deployed last, not with what failed after it, and so leaves in the cluster what only the failed one
  /// had. It is rolled back first, unless we are about to try the same again.
  func clearedUp(_ state: HelmState) throws -> HelmState? {
    guard lock.attempted != order.digest, rollBack(state) != nil else { return state }
    return try newest()
  }

  /// Puts the revision back that was deployed last, without waiting for it; nil when there is none, or when that fails too. One that
  /// is killed on its way is for the next run to put right, like any other of ours.
  func rollBack(_ newest: HelmState?) -> Int? {
    guard let result = try? helm(["history", app.name, "--output=json"], newest: newest, doing: "list revisions"), let history = try? JSON(parsing: result.output).array,
      let revision = history.last(where: { $0["status"]?.string == "deployed" })?["revision"]?.integer, let last = history.last?["revision"]?.integer
    else { return nil }
    let attempted = lock.attempted ?? ""
    lock.begin(revision: last + 1, digest: attempted)
    guard (try? helm(["rollback", app.name, String(revision)], newest: newest, doing: "roll back", isShort: true)) != nil else { return nil }
    lock.failed(digest: attempted)
    order.call.debug("rolled back to revision \(revision)")
    return revision
  }

  /// Tells the last words of a container that does not come up, puts the revision before back, and makes the error.
  func told(_ trouble: PodTrouble, _ newest: HelmState?) -> RolloutError {
    RolloutError(trouble, namespace: app.namespace, context: context, call: order.call, back: rollBack(newest))
  }
}
