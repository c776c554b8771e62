import CSystem
import Cluster
import Command
import Glibc
import Helm
import Records
import YAML

/// Before a release is said to be as it should be, it is looked at.
extension HelmEngine {
  /// The release that is there and is what is asked for, once it is ready; nil when something of it is missing or was
  /// changed by hand, so that it is to be released again. Throws ``RolloutError`` and ``HelmError`` for one that
  /// does not become ready.
  func settled(_ state: HelmState, changed: Bool) throws -> Release? {
    let call = order.call
    let manifest = (try? json(stream: Array(state.manifest.utf8))) ?? []
    let accounts = PullSecret.accounts(in: state.manifest)
    let isNewLogin = try PullSecret(order: order, context: context).ensure(accounts: accounts)
    guard Kubectl.isThere else {
      call.debug("there is no kubectl to look at the release with")
      return try nothingToDo(state, changed: changed)
    }
    let live = try LiveObjects(manifest, namespace: app.namespace, context: context, call: call)
    let byHand = try HandMade.found(in: live.objects, namespace: app.namespace, context: context, call: call)
    let wrong = live.missing.map { "\($0.name) is not there" } + byHand.map { "\($0) was changed by hand" }
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
        call.say("Release \"\(app.name)\" is at revision \(state.revision) already, and not ready: \(words)")
        return try told(state, changed: changed)
      }
      call.say("Release \"\(app.name)\" is at revision \(state.revision) already, and not ready: waiting for \(words)")
      let names = unready.map(\.name)
      try waitUntilReady(live.objects.filter { names.contains($0.name) }.map(\.wanted))
    }
    return try nothingToDo(state, changed: changed)
  }

  private func nothingToDo(_ state: HelmState, changed: Bool) throws -> Release {
    lock.end()
    order.call.say("Release \"\(app.name)\" is as it should be at revision \(state.revision): nothing to do")
    return try told(state, changed: changed)
  }

  /// The workloads that helm waits for, as far as they are not ready. A Job may run for hours.
  private static func unready(_ live: LiveObjects) -> [Status.Workload] {
    live.objects.filter { Workloads.kinds[$0.kind] != nil && !["Job", "CronJob"].contains($0.kind) }.map { object in
      object.live.map { Status.Workload($0) }
        ?? Status.Workload(name: object.name, ready: 0, wanted: 1, well: false, reason: "is not there")
    }.filter { !$0.well }
  }

  /// As helm waits for a release: until all is ready, a pod will not come up, or the time is over.
  private func waitUntilReady(_ wanted: [JSON]) throws {
    let deadline = csystem_nanoseconds() + UInt64(order.options.timeout) * 1_000_000_000
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
        throw HelmError.timedOut(name: app.name, seconds: order.options.timeout, reasons: reasons)
      }
    }
  }
}
