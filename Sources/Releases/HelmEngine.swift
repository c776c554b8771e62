import Archives
import CSystem
import Cluster
import Charts
import Command
import Glibc
import OCI
import Helm
import Records
import YAML

/// Releases with `helm upgrade --install`, so that helm can be used by hand at any time.
///
/// The order's digest is stored as the release's description. A release whose newest revision is deployed with the same
/// digest is left alone, and so is one that this order renders to as well; see ``Order/rendersTo(_:)``. An upgrade or
/// rollback by hand writes another description, and then we release again. A release that draft did not make is not
/// replaced without permission; see ``Standing``.
struct HelmEngine {
  let order: Order
  let context: KubeContext
  let lock: ReleaseLock
  /// Whose release exists, if that has been reported already.
  var told: String?
  let began = csystem_nanoseconds()

  var app: App { order.app }

  /// Continues a release that failed because the cluster went away, if it answers again within half a minute.
  func release() throws -> Release {
    do { return try attempt(again: false) } catch  where isUnreachable(error) {
      guard lock.hasBegun, comesBack() else { throw error }
      return try attempt(again: true)
    }
  }

  private func attempt(again: Bool) throws -> Release {
    let call = order.call
    call.say("Deploying to Kubernetes")
    call.debug("kube context '\(context.name)', namespace '\(app.namespace)', \(order.digest)")
    var newest = try known ?? newest()
    if order.options.isNew, !again, let newest {
      throw ReleaseError.nameTaken(name: app.name, there: Standing(newest))
    }
    if let state = newest, !again {
      try Standing(state).check(
        app, chart: order.chart.name, told: told, takesOver: order.options.takesOver, settings: order.settings,
        call: call)
    }
    if let state = newest, state.status.hasPrefix("pending-") { newest = try recover(state) }
    if let state = newest, state.status == "deployed",
      order.isDescribed(by: state.description) || !again && order.rendersTo(state)
    {
      if let release = try settled(state, changed: again) { return release }
    }
    if let state = newest, state.status == "failed" { newest = try clearedUp(state) }
    if newest == nil {
      try Namespace(name: app.namespace, context: context, call: call).ensure()
      order.sayInstalling()
    }
    try PullSecret(order: order, context: context).ensure(accounts: PullSecret.accounts(in: newest?.manifest))
    try order.note?.leave()
    lock.begin(revision: (newest?.revision ?? 0) + 1, digest: order.digest)
    let state = try upgrade(after: newest)
    lock.end()
    remember(state)
    return try told(state, changed: true)
  }

  private var memory: ReleaseMemory { order.call.memory.value(ReleaseMemory.init) }
  private var key: String { "\(context.name)/\(app.namespace)/\(app.name)" }

  /// Our own last revision, if the watch has seen no newer one and the order differs; nil: ask the cluster.
  private var known: HelmState? {
    guard let made = memory.state.withLock({ $0.made[key] }), made.watch?.isNewest(made.state.revision) == true,
      !order.isDescribed(by: made.state.description)
    else { return nil }
    return made.state
  }

  private func remember(_ state: HelmState) {
    memory.state.withLock { memory in
      let before = memory.made[key]
      // Do not watch for the first record: it may be the only one.
      let isWatched = before != nil && HelmStorage.isInSecrets && before?.watch?.isOver != false
      memory.made[key] = (
        state,
        isWatched ? ReleaseWatch(app.name, namespace: app.namespace, context: context, call: order.call) : before?.watch
      )
    }
  }

  func newest() throws -> HelmState? {
    try HelmState.newest(app.name, namespace: app.namespace, context: context, call: order.call)
  }

  private func upgrade(after newest: HelmState?) throws -> HelmState {
    let directory = try Temporary.directory()
    defer { Temporary.remove(directory) }
    // The digest of the order is that of the chart as it came.
    let archive = try annotate(order.chart.payload.path, in: directory) {
      ChartOrigin.removed(from: $0).merging(order.origin?.annotations ?? [:]) { $1 }
    }
    // helm makes the first revision of a name only once, whoever else asks for it at this moment.
    let isNew = order.options.isNew && newest == nil
    var arguments = isNew ? ["install"] : ["upgrade", "--install"]
    arguments += [
      app.name, archive, "--output=json", "--description=\(order.description)",
      "--timeout=\(order.options.timeout)s"
    ]
    // With kubectl, the namespace exists by now, and with the option helm would require the right to create it.
    if newest == nil, app.namespace != "default", !Kubectl.isThere { arguments.append("--create-namespace") }
    if order.settings.wait { arguments.append("--wait") }
    // Fetching and parsing the API's schema costs helm megabytes at every save. If only the image differs, helm has
    // already validated these objects; and the server validates them in any case.
    let validated = memory.state.withLock { $0.validated.contains(shape) }
    if validated { arguments.append("--disable-openapi-validation") }
    // Who released from where is no part of the order: the same asked for by somebody else is there already.
    let author = order.isExact ? [] : [ChartValues.argument(Author.value, Author.of(app))]
    return try order.values.pass { try upgrade(arguments + $0 + author, after: newest) }
  }

  private func upgrade(_ arguments: [String], after newest: HelmState?) throws -> HelmState {
    let chart = order.chart
    let labels = DraftLabels.argument(
      app.name, revision: (newest?.revision ?? 0) + 1, chart: "\(chart.name)-\(chart.version)",
      appVersion: chart.appVersion, now: time(nil))
    let handle = Child.Handle()
    let rollout =
      order.settings.wait
      ? Rollout(app, buildID: order.image.tag, context: context, ending: handle, call: order.call) : nil
    rollout?.start()
    do {
      let result = try helm(
        arguments + [labels], newest: newest, doing: "release '\(app.name)'", or: arguments, handle: handle)
      _ = rollout?.finish()
      memory.state.withLock { _ = $0.validated.insert(shape) }
      return try HelmState(parsing: result.output, name: app.name)
    } catch {
      guard let trouble = rollout?.finish() else { throw error }
      throw told(trouble, newest)
    }
  }

  /// The cluster, and everything of the order except the image.
  private var shape: String {
    SHA256.digest(
      JSON.strings(
        [context.name, app.name, app.namespace, order.chart.payload.digest, order.settings.basedomain]
          + order.settings.set.map(\.text) + (order.isExact ? [order.digest] : [])
      ).bytes)
  }

  /// - Parameters:
  ///   - older: the same for a helm before 3.13, which does not have labels.
  ///   - isShort: set for operations that helm leaves unfinished when interrupted by a signal; it completes an upgrade.
  @discardableResult
  func helm(
    _ arguments: [String], newest: HelmState?, doing: String, or older: [String]? = nil, handle: Child.Handle? = nil,
    isShort: Bool = false
  ) throws -> Child.Result {
    let program = HelmProgram(context: context, namespace: app.namespace, lock: lock.descriptor, call: order.call)
    // Rollout reports progress while pods are waited for.
    let slow: (() -> Void)? = handle != nil && order.settings.wait ? nil : { sayWaiting(for: doing) }
    var result = try program.started(
      HelmDialect.spoken.words(arguments, newest: newest), handle: handle, isShort: isShort, slow: slow)
    // helm quotes values that a schema or the API server refuses.
    if !order.values.found.isEmpty { result.errors = Array(order.values.masked(result.errorText).utf8) }
    guard result.succeeded else {
      if let older, result.errorText.contains("unknown flag: --labels") {
        return try helm(older, newest: newest, doing: doing, handle: handle)
      }
      let error = try HelmFailure(result.errorText).error(
        app: app, buildID: order.image.tag, chart: order.chart.name, timeout: order.options.timeout, context: context,
        doing: doing,
        call: order.call)
      // A pending revision now is not ours, so the next run must not recover it; unless helm was killed or could not
      // record its failure.
      switch error {
      case .overtaken where order.options.isNew:
        lock.end()
        throw ReleaseError.nameTaken(name: app.name, there: try self.newest().map { Standing($0) })
      case .pending, .overtaken: lock.end()
      case .cluster(.unreachable), .cluster(.notLoggedIn), .cluster(.loginPlugin), .cluster(.forbidden),
        .cluster(.namespaceEnding):
        break
      default: if result.status < 128 { lock.failed(digest: order.digest) }
      }
      throw error
    }
    order.call.debug(result.errorText.trimmed)
    return result
  }

  private func sayWaiting(for doing: String) {
    guard Kubectl(context: context, call: order.call).answers else { return context.sayWaiting(order.call)() }
    order.call.say("Waiting for helm to \(doing)")
  }

  /// Prints status, notes and addresses, and returns the record's member.
  func told(_ state: HelmState, changed: Bool) throws -> Release {
    let call = order.call
    let objects = (try? json(stream: Array(state.manifest.utf8))) ?? []
    let notes = state.notes.map(order.values.masked)
    let urls = Addresses(objects: objects, namespace: app.namespace, context: context, call: call).urls()
    if changed {
      call.say("Status: \(state.status.uppercased())")
      if let notes { call.say("Notes:"); call.pass(notes.indented(by: 5)) }
    }
    var release = Release(
      name: app.name, namespace: app.namespace, revision: state.revision, status: state.status, changed: changed,
      objects: objects.compactMap(objectName), notes: notes, urls: urls, engine: "helm", context: context.name)
    if changed {
      release.askAndTell(waited: order.settings.wait, call: call)
    } else {
      for url in urls { call.say("\(app.name) answers at \(url)") }
    }
    return release
  }
}
