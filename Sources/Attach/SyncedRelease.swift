import Cluster
import Command
import Helm
import Images
import Records
import Releases
import Settings
import YAML

/// The newest revision of a release and its pods, as they come and go. It is read again when other containers run than when it was read.
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
  /// The containers that ran when it was read.
  private var seen: Set<String> = []

  init(_ app: App, _ kubectl: Kubectl) {
    self.app = app
    self.kubectl = kubectl
  }

  /// Throws ``ClusterError``, ``HelmError``, and ``NeedsBuild`` when there is no such release.
  func look() throws {
    if state != nil, seen == Set(containers) { return }
    guard let state = try HelmState.newest(app.name, namespace: app.namespace, context: kubectl.context, call: kubectl.call) else {
      throw NeedsBuild("there is no release '\(app.name)' yet")
    }
    workloads = Workload.all(in: (try? json(stream: Array(state.manifest.utf8))) ?? [], namespace: app.namespace)
    let watch = watch ?? PodWatch(kubectl: kubectl) { [self] workload, list in
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

  /// What was read holds no longer.
  func forget() { state = nil }

  /// Waits until the pods have changed since the change of this number; the number of the last.
  func wait(after change: Int) -> Int {
    lock.lock()
    defer { lock.unlock() }
    while changes == change { lock.wait() }
    return changes
  }

  /// The containers of pods that are ready.
  var ready: Set<String> {
    let all: [ClusterPod] = lock.locked { Array(pods.values.joined()) }
    return Set(all.filter { $0.isReady && !$0.isEnding && !$0.isOver }.flatMap { $0.containers.filter(\.isRunning).compactMap(\.id) })
  }

  /// Whether no pod is on its way.
  var isSettled: Bool { lock.locked { pods.values.joined().allSatisfy { $0.isReady || $0.isEnding || $0.isOver } } }

  private var all: [ClusterPod] {
    let keys = workloads.map(\.key)
    return lock.locked { keys.flatMap { pods[$0] ?? [] } }
  }

  private var containers: [String] { all.filter { !$0.isEnding && !$0.isOver }.flatMap { $0.containers.filter(\.isRunning).compactMap(\.id) } }

  /// The containers that run an image of the application. All that are to run one have to.
  func targets(_ repository: String) throws(NeedsBuild) -> [SyncTarget] {
    var targets: [SyncTarget] = []
    for pod in all where !pod.isEnding && !pod.isOver {
      let own = pod.containers.filter { $0.isRunning && $0.image.hasPrefix(repository + ":") }
      guard own.count >= pod.images.count(where: { $0.hasPrefix(repository + ":") }) else { throw NeedsBuild("pod '\(pod.name)' does not run") }
      for container in own {
        guard let id = container.id else { continue }
        targets.append(SyncTarget(
          pod: pod.name, container: container.name, id: id, image: container.image, mounts: container.mounts, isReadOnly: container.isReadOnly))
      }
    }
    guard !targets.isEmpty else { throw NeedsBuild("no pod of '\(app.name)' runs an image of it") }
    return targets
  }

  /// Whether the release is what draft-release would make of the line, but for the image.
  func check(_ targets: [SyncTarget], repository: String, chart: Chart?, settings: Settings, call: Call) throws {
    guard let chart else { throw NeedsBuild("there is no chart") }
    guard let state, state.status == "deployed" else { throw NeedsBuild("release '\(app.name)' is \(state?.status ?? "not known")") }
    let images = Set(targets.map(\.image))
    guard let image = images.first, images.count == 1 else { throw NeedsBuild("pods of '\(app.name)' run several images of it") }
    let running = Image(repository: repository, tag: String(image.dropFirst(repository.count + 1)), store: "", how: "", why: "")
    let order = try Order(app: app, image: running, chart: chart, settings: settings, engine: .helm(kubectl.context), call: call)
    guard state.description == "draft \(order.digest)" else { throw NeedsBuild("the chart or its values have changed, or somebody else has released it") }
  }
}
