import Cluster
import Command
import Glibc
import Podman
import Records
import Settings

/// Which part of the pods' logs is wanted.
public struct LogSelection: Sendable {
  /// Only this container's; nil means all.
  public var container: String?
  /// How many earlier lines; nil means all.
  public var tail: Int?

  public init(container: String? = nil, tail: Int? = nil) {
    self.container = container
    self.tail = tail
  }
}

/// Writes the logs of an application's containers so far.
/// - Parameter previous: the logs of the run before the current one, for containers that were restarted.
public func logs(
  of app: App, release: Release? = nil, _ selection: LogSelection, previous: Bool = false, settings: Settings,
  call: Call
) throws {
  let output = LogOutput(descriptor: STDOUT_FILENO)
  var found = 0
  func tell(_ source: LogFollower.Source, _ argv: [String]) throws {
    call.debug(argv.joined(separator: " "))
    let prefix = output.prefix(source)
    let lines = LineSplitter { output.write(prefix, $0) }
    let result = try Child.run(
      argv, output: .bytes { lines.take($0) }, errors: argv[0] == "podman" ? .joined : .capture)
    lines.finish()
    if !result.succeeded { call.debug(result.errorText.trimmed) }
    try output.check()
    found += 1
  }
  switch try Running(app, release: release, settings: settings, call: call) {
  case .cluster(let kubectl, let workloads):
    for workload in workloads {
      let answer = try kubectl.get(
        "/api/v1/namespaces/\(workload.namespace)/pods?\(workload.query)", doing: "list the pods of '\(app.name)'")
      for pod in ClusterPod.all(in: answer) {
        for container in pod.containers
        where selection.takes(container.name) && (previous ? container.hasPrevious : container.id != nil) {
          let words =
            ["logs", "--container=\(container.name)"] + selection.tailOption + (previous ? ["--previous"] : [])
          try tell(
            .init(pod: pod.name, container: container.name),
            Kubectl.argv(kubectl.words(words, namespace: workload.namespace, operands: [pod.name])))
        }
      }
    }
  case .podman(let revision):
    // podman keeps one log across restarts.
    if previous { throw AttachError.noPrevious(app: app.name) }
    for (source, _) in try podmanRuns(revision) where selection.takes(source.container) {
      let name = "\(source.pod)-\(source.container)"
      guard let log = try ContainerLog(of: name) else {
        try tell(source, Podman.argv(["logs"] + selection.tailOption + [name]))
        continue
      }
      let prefix = output.prefix(source)
      log.read(tail: selection.tail) { output.write(prefix, $0) }
      try output.check()
      found += 1
    }
  }
  if found == 0, let container = selection.container { throw AttachError.noContainer(name: container, app: app.name) }
  if found == 0, previous { throw AttachError.noPrevious(app: app.name) }
}

/// Follows the logs of an application's containers until the process is ended, across restarts and later releases.
public func followLogs(of app: App, release: Release? = nil, _ selection: LogSelection, settings: Settings, call: Call)
  throws
{
  let output = LogOutput(descriptor: STDOUT_FILENO)
  switch try Running(app, release: release, settings: settings, call: call) {
  case .cluster(let kubectl, let workloads):
    let logs = ClusterLogs(selection, kubectl: kubectl, output: output)
    try PodWatch(kubectl: kubectl) { logs.take($0, $1) }.add(workloads)
  case .podman: followPodman(app, selection, output: output, call: call)
  }
  try output.waitForFailure()
}

/// The logs of the pods that a ``PodWatch`` reports.
final class ClusterLogs: @unchecked Sendable {
  private let selection: LogSelection
  private let follower: LogFollower
  private let lock = Lock()
  private var pods: [String: (workload: Workload, pods: [ClusterPod])] = [:]

  init(_ selection: LogSelection, pause: UInt32 = 0, kubectl: Kubectl, output: LogOutput) {
    self.selection = selection
    let namespaces = Namespaces()
    self.namespaces = namespaces
    follower = LogFollower(tail: selection.tail, pause: pause, output: output, call: kubectl.call, isTimed: true) {
      source, since, tail in
      Kubectl.argv(
        kubectl.words(
          ["logs", "--follow", "--timestamps", "--container=\(source.container)"]
            + (since.map { ["--since-time=\($0)"] } ?? tail.map { ["--tail=\($0)"] } ?? []),
          namespace: namespaces[source.pod], operands: [source.pod]))
    }
  }

  private let namespaces: Namespaces

  func take(_ workload: Workload, _ now: [ClusterPod]) {
    lock.lock()
    defer { lock.unlock() }
    pods[workload.name] = (workload, now)
    var runs: [(source: LogFollower.Source, run: LogFollower.Run)] = []
    for (_, entry) in pods.sorted(by: { $0.key < $1.key }) {
      for pod in entry.pods {
        namespaces[pod.name] = entry.workload.namespace
        for container in pod.containers where selection.takes(container.name) {
          guard let id = container.id else { continue }
          runs.append((.init(pod: pod.name, container: container.name), .init(id: id, isRunning: container.isRunning)))
        }
      }
    }
    follower.update(runs)
  }

  /// A chart may put objects into namespaces other than the release's.
  private final class Namespaces: @unchecked Sendable {
    private let lock = Lock()
    private var all: [String: String] = [:]

    subscript(pod: String) -> String {
      get { lock.locked { all[pod] ?? "default" } }
      set { lock.locked { all[pod] = newValue } }
    }
  }
}

extension LogSelection {
  fileprivate var tailOption: [String] { tail.map { ["--tail=\($0)"] } ?? [] }

  func takes(_ name: String) -> Bool { container == nil || container == name }
}

/// podman has no watch: its state is read again when a log ends, and until every running container's log is being read.
func followPodman(_ app: App, _ selection: LogSelection, output: LogOutput, call: Call) {
  let places = PodmanPlaces()
  let follower = LogFollower(tail: selection.tail, output: output, call: call) { source, place, tail, write in
    let name = "\(source.pod)-\(source.container)"
    if let log = try? ContainerLog(of: name) { return log.follow(from: places[source], tail: tail, write) }
    let since = place.since.map { ["--since=\($0)"] } ?? tail.map { ["--tail=\($0)"] } ?? []
    LogFollower.run(
      Podman.argv(["logs", "--follow", "--timestamps"] + since + [name]), source, place, isTimed: false, call: call,
      write)
  }
  Thread.detach {
    while true {
      if let revision = try? PodmanState.read(app).current, let runs = try? podmanRuns(revision) {
        follower.update(runs.filter { selection.takes($0.source.container) })
      }
      follower.waitForEnd()
      usleep(1_000_000)
    }
  }
}

/// How far the logs of podman's containers have been read. A restarted container goes on in the same file.
private final class PodmanPlaces: @unchecked Sendable {
  private let lock = Lock()
  private var places: [LogFollower.Source: ContainerLog.Place] = [:]

  subscript(source: LogFollower.Source) -> ContainerLog.Place {
    lock.locked {
      let place = places[source] ?? ContainerLog.Place()
      places[source] = place
      return place
    }
  }
}

/// The containers of a revision.
private func podmanRuns(_ revision: PodmanState.Revision) throws -> [(source: LogFollower.Source, run: LogFollower.Run)]
{
  let states = try ContainerState.read(revision.pods.flatMap(\.containers))
  return states.compactMap { state in
    guard let pod = revision.pods.first(where: { state.name.hasPrefix($0.name + "-") }) else { return nil }
    return (
      .init(pod: pod.name, container: String(state.name.dropFirst(pod.name.count + 1))),
      .init(id: "\(state.name)/\(state.restarts)", isRunning: state.status == "running")
    )
  }
}
