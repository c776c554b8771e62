import Charts
import Cluster
import Command
import Glibc
import Helm
import Records
import Settings
import YAML

/// What a release is released again with.
public struct RedeployOrder: Sendable {
  /// An earlier revision to take chart and values from; nil means the newest.
  public var revision: Int?
  /// Take the chart that helm has stored, not the one at its origin.
  public var isStored = false
  /// Take the chart from here: a directory, an archive or a reference.
  public var chart: String?
  /// Values files, for helm.
  public var files: [ValuesDocuments] = []
  /// Values in helm's `--set` syntax.
  public var set: [String] = []
  public var options: ReleaseOptions
  /// Fetches a chart by its reference.
  public var fetch: @Sendable (_ reference: String) throws -> (chart: Chart, exact: String)

  public init(
    options: ReleaseOptions, fetch: @Sendable @escaping (_ reference: String) throws -> (chart: Chart, exact: String)
  ) {
    (self.options, self.fetch) = (options, fetch)
  }
}

/// Releases a stored release again, with its values and new ones on top if any are given. The chart is the one of the
/// directory that it came from, as it is now, or is fetched again by its reference; without an origin it is the stored
/// one. All pods are replaced, whether anything has changed or not.
/// - Throws: ``HelmError``, ``ReleaseError``, and what fetching throws.
public func redeploy(_ record: Record, by order: RedeployOrder, home: Home, call: Call) throws -> (
  release: Release, origin: ChartOrigin?
) {
  let subject = try Subject(record, call: call, reading: false)
  guard case .helm(let context) = subject.engine else {
    throw ReleaseError.notKept(name: subject.name, engine: "podman")
  }
  let lock = try ReleaseLock(home: home, app: subject.app, engine: subject.engine)
  return try Redeployment(
    subject: subject, context: context, storage: HelmStorage(context: context, call: call),
    helm: HelmProgram(context: context, namespace: subject.namespace, lock: lock.descriptor, call: call),
    order: order, home: home, call: call
  ).run(lock: lock)
}

private struct Redeployment {
  let subject: Subject
  let context: KubeContext
  let storage: HelmStorage
  let helm: HelmProgram
  let order: RedeployOrder
  let home: Home
  let call: Call

  private var timeout: Int { order.options.timeout }

  /// What helm is given as the chart, and where it came from.
  private enum Source {
    case stored(StoredChart)
    case archive(Chart, ChartOrigin)

    var origin: ChartOrigin? { if case .archive(_, let origin) = self { origin } else { nil } }

    /// `web-0.1.0`.
    func name(_ source: StoredRelease) -> String {
      if case .archive(let chart, _) = self { "\(chart.name)-\(chart.version)" } else { source.chart }
    }

    func appVersion(_ source: StoredRelease) -> String? {
      if case .archive(let chart, _) = self { chart.appVersion } else { source.appVersion }
    }
  }

  private var waits: Bool { subject.settings.wait }
  private var name: String { subject.name }

  func run(lock: ReleaseLock) throws -> (Release, ChartOrigin?) {
    let revision = order.revision, newest = try storage.read(name, namespace: subject.namespace)
    if newest.state.status.hasPrefix("pending-") {
      throw HelmError.pending(
        name: name, namespace: subject.namespace, status: newest.state.status, revision: newest.state.revision)
    }
    let source =
      revision == nil || revision == newest.state.revision
      ? newest : try storage.read(name, namespace: subject.namespace, revision: revision)
    let chart = try chart(of: source)
    let shown =
      switch chart {
      case .stored: "chart \(source.chart) of revision \(source.state.revision)"
      case .archive(let chart, let origin): "chart \(chart.name)-\(chart.version) from '\(origin.place)'"
      }
    call.say("Redeploying \(name): \(shown)")
    lock.begin(revision: newest.state.revision + 1)
    let state = try upgrade(source, chart, after: newest)
    lock.end()
    let objects = (try? json(stream: Array(state.manifest.utf8))) ?? []
    try restart(objects, before: (try? json(stream: Array(newest.state.manifest.utf8))) ?? [])
    call.say("Redeployed \(name)")
    let urls = Addresses(objects: objects, namespace: subject.namespace, context: context, call: call).urls()
    var release = Release(
      name: name, namespace: subject.namespace, revision: state.revision, status: state.status, changed: true,
      objects: objects.compactMap(objectName),
      notes: state.notes, urls: urls, engine: "helm", context: context.name, chart: chart.name(source),
      appVersion: chart.appVersion(source))
    release.askAndTell(waited: waits, call: call)
    return (release, chart.origin ?? source.origin)
  }

  private func chart(of source: StoredRelease) throws -> Source {
    if let place = order.chart { return try found(place, named: source.chartName, values: source.origin?.values) }
    // An earlier revision is what was released then; the directory may be anything by now.
    let isEarlier = order.revision != nil && source.origin?.reference == nil
    guard !order.isStored, !isEarlier, let origin = source.origin else { return .stored(try StoredChart(source)) }
    guard let directory = origin.directory else {
      let chart = try order.fetch(origin.place).chart
      guard chart.payload.digest == origin.digest else {
        throw ReleaseError.chartDiffers(
          name: name, reference: origin.place, released: origin.digest, found: chart.payload.digest)
      }
      return .archive(chart, origin)
    }
    guard origin.isHere else {
      throw ReleaseError.elsewhere(name: name, directory: directory, host: origin.host ?? "")
    }
    guard Files.exists(directory) else {
      throw ReleaseError.chartGone(name: name, directory: directory)
    }
    return try found(directory, named: source.chartName, values: origin.values)
  }

  /// The chart at a place, which has to be the same by name.
  private func found(_ place: String, named wanted: String, values: [String]?) throws -> Source {
    var chart: Chart, origin: ChartOrigin
    if Files.isDirectory(place) {
      guard Files.exists(place + "/Chart.yaml") else { throw ReleaseError.chartGone(name: name, directory: place) }
      (chart, origin) = try localChart(directory: place, home: home, call: call)
    } else if Files.exists(place) {
      let path = try Files.resolve(place)
      chart = try order.fetch(path).chart
      origin = ChartOrigin(directory: path, host: ChartOrigin.here, digest: chart.payload.digest)
    } else {
      let fetched = try order.fetch(place)
      chart = fetched.chart
      origin = ChartOrigin(reference: fetched.exact, digest: chart.payload.digest)
    }
    guard chart.name == wanted else { throw ReleaseError.otherName(name: name, chart: wanted, found: chart.name) }
    origin.values = values ?? []
    return .archive(chart, origin)
  }

  private func upgrade(_ source: StoredRelease, _ chart: Source, after newest: StoredRelease) throws -> HelmState {
    let directory = try Temporary.directory()
    defer { Temporary.remove(directory) }
    var files: [String] = []
    for file in order.files {
      guard let own = try file.values(of: name, namespace: subject.namespace) else {
        files.append(try Files.resolve(file.path))
        continue
      }
      for bytes in own {
        files.append("\(directory)/values-\(files.count).yaml")
        try Files.write(bytes, to: files[files.count - 1], mode: 0o600)
      }
    }
    let path: String
    switch chart {
    case .stored(let chart):
      path = directory + "/chart"
      try chart.write(to: path)
    case .archive(let chart, var origin):
      origin.values += order.files.map(\.path).filter { !origin.values.contains($0) }
      path = try annotate(chart.payload.path, in: directory) {
        ChartOrigin.removed(from: $0).merging(origin.annotations) { $1 }
      }
    }
    try Files.write(
      source.config.object == nil ? Array("{}".utf8) : source.config.bytes, to: directory + "/values.json", mode: 0o600)

    // Without --reset-values, helm would take the newest revision's values if none are given; with --reuse-values it
    // would merge them.
    var arguments = ["upgrade", name, path, "--reset-values", "--values=\(directory)/values.json"]
    arguments += files.map { "--values=\($0)" } + order.set.map { "--set=\($0)" }
    arguments += ["--output=json", "--timeout=\(timeout)s", "--description=\(description(source, chart, newest))"]
    if waits { arguments.append("--wait") }
    if let app = newest.config["draft"]?.string, Name.isRelease(app) {
      arguments.append(
        DraftLabels.argument(
          app, revision: newest.state.revision + 1, chart: chart.name(source), appVersion: chart.appVersion(source),
          now: time(nil)))
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
  private func description(_ source: StoredRelease, _ chart: Source, _ newest: StoredRelease) -> String {
    let isSame = chart.origin.map { $0.digest == newest.origin?.digest } ?? true
    if isSame, source.state.revision == newest.state.revision, order.files.isEmpty, order.set.isEmpty,
      newest.state.status == "deployed"
    {
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
