import CSystem
import Cluster
import Command
import Glibc
import Helm
import Records

/// Recovery of releases that did not finish well.
extension HelmEngine {
  /// Waits up to half a minute, but no longer than the release's timeout, for an unreachable cluster to answer again.
  func comesBack() -> Bool {
    order.call.say("The cluster went away during the release: waiting for it")
    let deadline = min(csystem_nanoseconds() + 30_000_000_000, began + UInt64(order.options.timeout) * 1_000_000_000)
    let kubectl = Kubectl(context: context, call: order.call)
    repeat {
      sleep(1)
      // Ask a cluster that hangs no more than necessary.
      if kubectl.answers, (try? newest()) != nil { return true }
    } while csystem_nanoseconds() < deadline
    return false
  }

  /// Rolls back an interrupted release of ours; one that was not made here is left alone.
  func recover(_ state: HelmState) throws -> HelmState? {
    guard lock.unfinished == state.revision else {
      throw HelmError.pending(name: app.name, namespace: app.namespace, status: state.status, revision: state.revision)
    }
    order.call.say("Release \"\(app.name)\" was interrupted at revision \(state.revision): recovering it")
    if state.status == "pending-install" {
      try helm(
        ["uninstall", app.name], newest: state, doing: "remove the interrupted release '\(app.name)'", isShort: true)
    } else if rollBack(state) == nil {
      try helm(
        ["rollback", app.name], newest: state, doing: "roll back the interrupted release '\(app.name)'", isShort: true)
    }
    return try newest()
  }

  /// helm compares with the last deployed revision, not with a failed one after it, and so leaves objects of the failed
  /// one in the cluster. So roll it back first, unless the same order is tried again.
  func clearedUp(_ state: HelmState) throws -> HelmState? {
    guard lock.attempted != order.digest, rollBack(state) != nil else { return state }
    return try newest()
  }

  /// Rolls back to the last deployed revision without waiting; nil if there is none or the rollback fails. If it is
  /// killed half-way, the next run recovers it like any other release of ours.
  func rollBack(_ newest: HelmState?) -> Int? {
    guard let result = try? helm(["history", app.name, "--output=json"], newest: newest, doing: "list revisions"),
      let history = try? JSON(parsing: result.output).array,
      let revision = history.last(where: { $0["status"]?.string == "deployed" })?["revision"]?.integer,
      let last = history.last?["revision"]?.integer
    else { return nil }
    let attempted = lock.attempted ?? ""
    lock.begin(revision: last + 1, digest: attempted)
    guard
      (try? helm(["rollback", app.name, String(revision)], newest: newest, doing: "roll back", isShort: true)) != nil
    else { return nil }
    lock.failed(digest: attempted)
    order.call.debug("rolled back to revision \(revision)")
    return revision
  }

  /// Shows the last log lines of a container that will not start, restores the previous revision, and returns the
  /// error.
  func told(_ trouble: PodTrouble, _ newest: HelmState?) -> RolloutError {
    RolloutError(trouble, namespace: app.namespace, context: context, call: order.call, back: rollBack(newest))
  }
}
