import Cluster
import Command
import Helm
import Images
import Records
import Releases
import Settings
import YAML

/// The newest revision of a release and its pods as they come and go. Read again when its containers have changed.
final class SyncedRelease: @unchecked Sendable {
  let kubectl: Kubectl
  private let app: App
  private let lock = Lock()
  private var watch: PodWatch?
  /// By the key of their workload.
  private var pods: [String: [ClusterPod]] = [:]
  private var changes = 0
  private var workloads: [Workload] = []
  private var state: HelmState?
  /// The containers that ran at the last reading.
  private var seen: Set<String> = []

  init(_ app: App, _ kubectl: Kubectl) {
    self.app = app
    self.kubectl = kubectl
  }

  /// Reads the release unless it is current. Throws ``ClusterError``, ``HelmError``, and ``NeedsBuild`` when there is
  /// no such release.
  func look() throws {
    if state != nil, seen == Set(containers) { return }
    guard
      let state = try HelmState.newest(app.name, namespace: app.namespace, context: kubectl.context, call: kubectl.call)
    else {
      throw NeedsBuild("there is no release '\(app.name)' yet")
    }
    workloads = Workload.all(in: (try? json(stream: Array(state.manifest.utf8))) ?? [], namespace: app.namespace)
    let watch =
      watch
      ?? PodWatch(kubectl: kubectl) { [self] workload, list in
        lock.locked {
          pods[workload.key] = list
          changes += 1
          lock.broadcast()
        }
      }
    self.watch = watch
    try watch.add(workloads)
    seen = Set(containers)
    self.state = state
  }

  /// Has the next ``look()`` read the release again.
  func forget() { state = nil }

  /// Waits until the pods have changed after change number `change`; returns the number of the latest change.
  func wait(after change: Int) -> Int {
    lock.lock()
    defer { lock.unlock() }
    while changes == change { lock.wait() }
    return changes
  }

  /// Ids of the containers of pods that are ready.
  var ready: Set<String> {
    let all: [ClusterPod] = lock.locked { Array(pods.values.joined()) }
    return Set(
      all.filter { $0.isReady && !$0.isEnding && !$0.isOver }.flatMap {
        $0.containers.filter(\.isRunning).compactMap(\.id)
      })
  }

  /// Whether no pod is starting.
  var isSettled: Bool { lock.locked { pods.values.joined().allSatisfy { $0.isReady || $0.isEnding || $0.isOver } } }

  private var all: [ClusterPod] {
    let keys = workloads.map(\.key)
    return lock.locked { keys.flatMap { pods[$0] ?? [] } }
  }

  private var containers: [String] {
    all.filter { !$0.isEnding && !$0.isOver }.flatMap { $0.containers.filter(\.isRunning).compactMap(\.id) }
  }

  /// The containers that run an image of the application. Throws if one that should is not running.
  func targets(_ repository: String) throws(NeedsBuild) -> [SyncTarget] {
    var targets: [SyncTarget] = []
    for pod in all where !pod.isEnding && !pod.isOver {
      let own = pod.containers.filter { $0.isRunning && $0.image.hasPrefix(repository + ":") }
      guard own.count >= pod.images.count(where: { $0.hasPrefix(repository + ":") }) else {
        throw NeedsBuild("pod '\(pod.name)' is not running")
      }
      for container in own {
        guard let id = container.id else { continue }
        targets.append(
          SyncTarget(
            pod: pod.name, container: container.name, id: id, image: container.image, mounts: container.mounts,
            isReadOnly: container.isReadOnly))
      }
    }
    guard !targets.isEmpty else { throw NeedsBuild("no pod of '\(app.name)' runs one of its images") }
    return targets
  }

  /// Checks that the release is what draft-release would make of the record, but for the image.
  func check(_ targets: [SyncTarget], repository: String, chart: Chart?, settings: Settings, call: Call) throws {
    guard let chart else { throw NeedsBuild("there is no chart") }
    guard let state, state.status == "deployed" else {
      throw NeedsBuild("release '\(app.name)' is \(state?.status ?? "not known")")
    }
    let images = Set(targets.map(\.image))
    guard let image = images.first, images.count == 1 else {
      throw NeedsBuild("pods of '\(app.name)' run several of its images")
    }
    let running = Image(
      repository: repository, tag: String(image.dropFirst(repository.count + 1)), store: "", how: "", why: "")
    let order = try Order(
      app: app, image: running, chart: chart, settings: settings, engine: .helm(kubectl.context), call: call)
    // What helm has done by hand, such as a rollback, was meant: files are not copied on top of it.
    guard
      state.description == "draft \(order.digest)" || state.description.hasPrefix("draft ") && order.rendersTo(state)
    else {
      throw NeedsBuild("the chart or its values have changed, or someone else has released it")
    }
  }
}
