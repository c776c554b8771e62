import Cluster
import Command
import Glibc
import Helm
import Records
import Settings
import YAML

/// Releases a stored release again: with its chart and values, and new values on top if any are given. All pods are
/// replaced, whether anything has changed or not.
///
/// - Parameters:
///   - revision: an earlier revision to take chart and values from; nil means the newest.
///   - files: values files, for helm.
///   - set: values in helm's `--set` syntax.
public func redeploy(
  _ record: Record, revision: Int?, files: [String], set: [String], options: ReleaseOptions, home: Home, call: Call
) throws -> Release {
  let subject = try Subject(record, call: call, reading: false)
  guard case .helm(let context) = subject.engine else {
    throw ReleaseError.notKept(name: subject.name, engine: "podman")
  }
  let lock = try ReleaseLock(home: home, app: subject.app, engine: subject.engine)
  return try Redeployment(
    subject: subject, context: context, storage: HelmStorage(context: context, call: call),
    helm: HelmProgram(context: context, namespace: subject.namespace, lock: lock.descriptor, call: call),
    timeout: options.timeout, files: files.map(Files.resolve), set: set, call: call
  ).run(revision: revision, lock: lock)
}

private struct Redeployment {
  let subject: Subject
  let context: KubeContext
  let storage: HelmStorage
  let helm: HelmProgram
  let timeout: Int
  let files: [String]
  let set: [String]
  let call: Call

  private var waits: Bool { subject.settings.wait }
  private var name: String { subject.name }

  func run(revision: Int?, lock: ReleaseLock) throws -> Release {
    let newest = try storage.read(name, namespace: subject.namespace)
    if newest.state.status.hasPrefix("pending-") {
      throw HelmError.pending(
        name: name, namespace: subject.namespace, status: newest.state.status, revision: newest.state.revision)
    }
    let source =
      revision == nil || revision == newest.state.revision
      ? newest : try storage.read(name, namespace: subject.namespace, revision: revision)
    call.say("Redeploying \(name): chart \(source.chart) of revision \(source.state.revision)")
    lock.begin(revision: newest.state.revision + 1)
    let state = try upgrade(source, after: newest)
    lock.end()
    let objects = (try? json(stream: Array(state.manifest.utf8))) ?? []
    try restart(objects, before: (try? json(stream: Array(newest.state.manifest.utf8))) ?? [])
    call.say("Redeployed \(name)")
    let urls = Addresses(objects: objects, namespace: subject.namespace, context: context, call: call).urls()
    var release = Release(
      name: name, namespace: subject.namespace, revision: state.revision, status: state.status, changed: true,
      objects: objects.compactMap(objectName),
      notes: state.notes, urls: urls, engine: "helm", context: context.name, chart: source.chart,
      appVersion: source.appVersion)
    release.askAndTell(waited: waits, call: call)
    return release
  }

  private func upgrade(_ source: StoredRelease, after newest: StoredRelease) throws -> HelmState {
    let chart = try StoredChart(source)
    let directory = try Temporary.directory()
    defer { Temporary.remove(directory) }
    try chart.write(to: directory + "/chart")
    try Files.write(
      source.config.object == nil ? Array("{}".utf8) : source.config.bytes, to: directory + "/values.json", mode: 0o600)

    // Without --reset-values, helm would take the newest revision's values if none are given; with --reuse-values it
    // would merge them.
    var arguments = ["upgrade", name, directory + "/chart", "--reset-values", "--values=\(directory)/values.json"]
    arguments += files.map { "--values=\($0)" } + set.map { "--set=\($0)" }
    arguments += ["--output=json", "--timeout=\(timeout)s", "--description=\(description(source, newest))"]
    if waits { arguments.append("--wait") }
    if let app = newest.config["draft"]?.string, Name.isRelease(app) {
      arguments.append(
        DraftLabels.argument(
          app, revision: newest.state.revision + 1, chart: source.chart, appVersion: source.appVersion, now: time(nil)))
    }
    switch try helm.run(arguments, newest: newest.state) {
    case .done(let result): return try HelmState(parsing: result.output, name: name)
    case .failed(let failure, let said) where said.contains("unknown flag: --labels"):
      guard case .done(let result) = try helm.run(arguments.filter { !$0.hasPrefix("--labels=") }, newest: newest.state)
      else {
        throw failure.clusterError(context: context, doing: "redeploy '\(name)'")
      }
      return try HelmState(parsing: result.output, name: name)
    case .failed(let failure, let said):
      if let error = failure.chartError(source.chartName) { throw error }
      if let error = failure.hookError(name, namespace: subject.namespace, context: context, call: call) { throw error }
      if said.contains("timed out waiting for the condition") || said.contains("context deadline exceeded") {
        throw timedOut(source)
      }
      if let error = failure.fieldError(source.chartName, namespace: subject.namespace) { throw error }
      throw failure.clusterError(context: context, doing: "redeploy '\(name)'")
    }
  }

  /// The same release again still matches draft-release's order, so the next draft-release finds nothing to do.
  private func description(_ source: StoredRelease, _ newest: StoredRelease) -> String {
    if source.state.revision == newest.state.revision, files.isEmpty, set.isEmpty, newest.state.status == "deployed" {
      return newest.state.description
    }
    return "Redeployment of revision \(source.state.revision)"
  }

  /// Restarts the workloads whose pods the upgrade has not replaced.
  private func restart(_ objects: [JSON], before: [JSON]) throws {
    let kinds = ["Deployment", "StatefulSet", "DaemonSet"]
    var unchanged: [(namespace: String, what: String)] = []
    for object in objects {
      guard let kind = object["kind"]?.string, kinds.contains(kind), let resource = Workloads.kinds[kind],
        let name = object["metadata"]?["name"]?.string, isObjectName(name),
        let old = before.first(where: { objectName($0) == objectName(object) }),
        old["spec"]?["template"] == object["spec"]?["template"]
      else { continue }
      let place = object["metadata"]?["namespace"]?.string.flatMap { isObjectName($0) ? $0 : nil } ?? subject.namespace
      unchanged.append((place, "\(resource)/\(name)"))
    }
    for (namespace, workloads) in Dictionary(grouping: unchanged, by: \.namespace).sorted(by: { $0.key < $1.key }) {
      _ = try kubectl(["rollout", "restart"] + workloads.map(\.what), namespace: namespace)
      guard waits else { continue }
      for workload in workloads {
        let result = try kubectl(
          ["rollout", "status", workload.what, "--timeout=\(timeout)s"], namespace: namespace, mayFail: true)
        if !result.succeeded { throw timedOut(nil) }
      }
    }
  }

  private func kubectl(_ arguments: [String], namespace: String, mayFail: Bool = false) throws -> Child.Result {
    let words = arguments + ["--namespace=\(namespace)", "--context=\(context.name)"]
    let result = try Kubectl.run(words, call: call)
    guard result.succeeded || mayFail else {
      throw ClusterFailure(result.errorText).error(context: context, doing: "restart '\(name)'")
    }
    return result
  }

  private func timedOut(_ source: StoredRelease?) -> HelmError {
    .timedOut(
      name: name, seconds: timeout,
      reasons: PodReasons.read(subject.app, buildID: source?.buildID ?? "", context: context, call: call))
  }
}
