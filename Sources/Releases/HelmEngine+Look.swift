import CSystem
import Cluster
import Command
import Glibc
import Helm
import Records
import YAML

/// Checks the live release before calling it up to date.
extension HelmEngine {
  /// The existing release if it matches the order, once it is ready; nil if objects of it are missing or were changed
  /// by hand, so that it must be released again. Throws ``RolloutError`` and ``HelmError`` if it does not become ready.
  func settled(_ state: HelmState, changed: Bool) throws -> Release? {
    let call = order.call
    let manifest = (try? json(stream: Array(state.manifest.utf8))) ?? []
    let accounts = PullSecret.accounts(in: state.manifest)
    let isNewLogin = try PullSecret(order: order, context: context).ensure(accounts: accounts)
    guard Kubectl.isThere else {
      call.debug("cannot check the release without kubectl")
      return try nothingToDo(state, changed: changed)
    }
    let live = try LiveObjects(manifest, namespace: app.namespace, context: context, call: call)
    let byHand = try HandMade.found(in: live.objects, namespace: app.namespace, context: context, call: call)
    let wrong = live.missing.map { "\($0.name) is missing" } + byHand.map { "\($0) was changed by hand" }
    if !wrong.isEmpty {
      for text in wrong.prefix(5) { call.say("Release \"\(app.name)\" at revision \(state.revision): \(text)") }
      return nil
    }
    lock.end()
    let unready = HelmEngine.unready(live)
    if !unready.isEmpty {
      if isNewLogin { renewRefusedPods(of: app, context: context, call: order.call) }
      let words = unready.map { workload in
        "\(workload.name) \(workload.ready)/\(workload.wanted) ready\(workload.reason.map { ", \($0)" } ?? "")"
      }.joined(separator: "; ")
      guard order.settings.wait else {
        call.say("Release \"\(app.name)\" is already at revision \(state.revision), but not ready: \(words)")
        return try told(state, changed: changed)
      }
      call.say("Release \"\(app.name)\" is already at revision \(state.revision), but not ready: waiting for \(words)")
      let names = unready.map(\.name)
      try waitUntilReady(live.objects.filter { names.contains($0.name) }.map(\.wanted))
    }
    return try nothingToDo(state, changed: changed)
  }

  private func nothingToDo(_ state: HelmState, changed: Bool) throws -> Release {
    lock.end()
    order.call.say("Release \"\(app.name)\" is up to date at revision \(state.revision): nothing to do")
    return try told(state, changed: changed)
  }

  /// The workloads that helm waits for and that are not ready. A Job may run for hours and does not count.
  private static func unready(_ live: LiveObjects) -> [Status.Workload] {
    live.objects.filter { Workloads.kinds[$0.kind] != nil && !["Job", "CronJob"].contains($0.kind) }.map { object in
      object.live.map { Status.Workload($0) }
        ?? Status.Workload(name: object.name, ready: 0, wanted: 1, well: false, reason: "is missing")
    }.filter { !$0.well }
  }

  /// Waits as helm does: until everything is ready, a pod will not start, or the time is up.
  private func waitUntilReady(_ wanted: [JSON]) throws {
    let deadline = csystem_nanoseconds() + UInt64(order.timeout) * 1_000_000_000
    let rollout = Rollout(
      app, buildID: order.image.tag, context: context, ending: Child.Handle(), replaces: false, call: order.call)
    rollout.start()
    defer { _ = rollout.finish() }
    while true {
      for _ in 0..<10 where rollout.trouble == nil { usleep(100_000) }
      if let trouble = rollout.trouble {
        throw RolloutError(trouble, namespace: app.namespace, context: context, call: order.call)
      }
      let live = try LiveObjects(wanted, namespace: app.namespace, context: context, call: order.call)
      let unready = HelmEngine.unready(live)
      if unready.isEmpty { return }
      guard csystem_nanoseconds() < deadline else {
        var reasons = PodReasons.read(app, buildID: order.image.tag, context: context, call: order.call)
        if reasons.isEmpty { reasons = unready.map { "\($0.name) \($0.reason ?? "not ready")" } }
        throw HelmError.timedOut(name: app.name, seconds: order.timeout, reasons: reasons)
      }
    }
  }
}
