import CSystem
import Cluster
import Command
import Glibc
import Records
import Settings

/// The connections of one command: local ports forwarded to the pods of applications, and the pods' logs.
public final class Connections {
  private struct Held {
    var plan: PortPlan
    var watch: PodWatch
    var forwards: Forwards
  }

  private let container: String?
  private let output: LogOutput?
  private let tail: Int
  private let call: Call
  private var held: [String: Held] = [:]
  private var isFollowing = false
  private static let patience: UInt64 = 300

  /// - Parameters:
  ///   - container: the only one to connect to; nil means all.
  ///   - logs: how many earlier lines of the pods' logs to show; nil shows no logs.
  public init(container: String? = nil, logs: Int?, call: Call) {
    self.container = container
    output = logs == nil ? nil : LogOutput(descriptor: STDERR_FILENO)
    tail = logs ?? 0
    self.call = call
  }

  /// Whether there is anything to keep running for.
  public var holds: Bool { !held.isEmpty || isFollowing }

  /// Whether an application is connected.
  public func holds(_ app: App) -> Bool { held.keys.contains { $0.hasSuffix("/\(app.namespace)/\(app.name)") } }

  /// Connects to an application; for one that is connected already, to what its newest release has. Returns when every
  /// port is open. A requested local port that is taken is reported before anything is started. Throws ``PortError``
  /// and ``AttachError``.
  /// - Parameters:
  ///   - release: what the record says about where it was released to.
  ///   - dryRun: only chooses the ports.
  public func connect(_ app: App, release: Release? = nil, settings: Settings, dryRun: Bool = false) throws -> Connect {
    switch try Running(app, release: release, settings: settings, call: call) {
    case .cluster(let kubectl, let workloads):
      let key = "\(kubectl.context.name)/\(app.namespace)/\(app.name)"
      var plan = held[key]?.plan ?? PortPlan(settings)
      let ports = try plan.choose(workloads, container: container)
      for workload in workloads where !workload.twins.isEmpty {
        call.warn(
          "\(workload.twins.joined(separator: ", ")) has the labels of \(workload.name): a port is forwarded to a pod "
            + "of any of them"
        )
      }
      guard !ports.isEmpty else {
        throw container.map { AttachError.noContainer(name: $0, app: app.name) } ?? .noPorts(app: app.name)
      }
      if !dryRun {
        let isNew = held[key] == nil
        try hold(app, key, kubectl, workloads, plan, ports)
        if !isNew { return Connect(ports: ports) }
      }
      tell(ports)
      return Connect(ports: ports)
    case .podman(let revision):
      let ports = revision.ports.filter { $0.networkProtocol == "TCP" }
        .map { Connect.Port(workload: $0.workload, container: $0.workload, remote: $0.container, local: $0.host) }
      for entry in settings.overridePorts where !ports.contains(where: { entry == "\($0.local):\($0.remote)" }) {
        call.warn(
          "podman publishes ports at release time, and \(entry) is not one of them; write it under override-ports in "
            + "draft.toml and release again"
        )
      }
      tell(ports)
      if let output, !dryRun, !isFollowing {
        isFollowing = true
        followPodman(app, LogSelection(container: container, tail: tail), output: output, call: call)
      }
      return Connect(ports: ports)
    }
  }

  /// Waits until a signal ends the process or the output can no longer be written.
  public func wait() throws {
    guard let output else { while true { pause() } }
    try output.waitForFailure()
  }

  private func tell(_ ports: [Connect.Port]) { call.pass(Connections.words(ports)) }

  /// A line for each port. If two workloads have containers of one name, the line names the workload.
  static func words(_ ports: [Connect.Port]) -> String {
    ports.map { port in
      let isOne = ports.allSatisfy { $0.container != port.container || $0.workload == port.workload }
      return
        "Connect to \(port.container):\(port.remote)\(isOne ? "" : " of \(port.workload)") on localhost:\(port.local)\n"
    }.joined()
  }

  private func hold(
    _ app: App, _ key: String, _ kubectl: Kubectl, _ workloads: [Workload], _ plan: PortPlan, _ ports: [Connect.Port]
  ) throws {
    let forwards = held[key]?.forwards ?? Forwards()
    let watch: PodWatch
    if let known = held[key]?.watch {
      watch = known
    } else {
      // Connect to a new pod first: starting a kubectl takes a tenth of a second of CPU time.
      let logs = output.map {
        ClusterLogs(LogSelection(container: container, tail: tail), pause: 400_000, kubectl: kubectl, output: $0)
      }
      watch = PodWatch(kubectl: kubectl) { workload, pods in
        forwards[workload.key]?.take(pods)
        logs?.take(workload, pods)
      }
    }
    do {
      for workload in workloads {
        let own = ports.filter { $0.workload == workload.name }
        if own.isEmpty { continue }
        if let forward = forwards[workload.key] { try forward.set(own); continue }
        let forward = try Forward(app: app.name, workload: workload, ports: own, kubectl: kubectl)
        forwards[workload.key] = forward
        forward.start()
      }
      try watch.add(workloads)
      try wait(for: forwards, app, kubectl, workloads)
    } catch {
      if held[key] == nil { forwards.all.forEach { $0.stop() } }
      throw error
    }
    held[key] = Held(plan: plan, watch: watch, forwards: forwards)
  }

  private func wait(for forwards: Forwards, _ app: App, _ kubectl: Kubectl, _ workloads: [Workload]) throws {
    let began = csystem_nanoseconds()
    var hasSaid = false
    while try !forwards.all.allSatisfy({ try $0.isOpen() }) {
      let seconds = (csystem_nanoseconds() - began) / 1_000_000_000
      if seconds >= 3, !hasSaid {
        call.say("Waiting for a pod of '\(app.name)' to be ready")
        hasSaid = true
      }
      guard seconds < Connections.patience else {
        throw ClusterError.noPod(app: app.name, seconds: Int(seconds), reasons: reasons(kubectl, workloads))
      }
      usleep(20_000)
    }
  }

  private func reasons(_ kubectl: Kubectl, _ workloads: [Workload]) -> [String] {
    workloads.flatMap { workload in
      let list = try? kubectl.get("/api/v1/namespaces/\(workload.namespace)/pods?\(workload.query)", doing: "")
      return list.map(ClusterPod.all)?.compactMap(\.namedReason) ?? []
    }.prefix(3).map(\.self)
  }
}

/// The forwards of an application, by the key of their workload.
private final class Forwards: @unchecked Sendable {
  private let lock = Lock()
  private var byKey: [String: Forward] = [:]

  subscript(key: String) -> Forward? {
    get { lock.locked { byKey[key] } }
    set { lock.locked { byKey[key] = newValue } }
  }

  var all: [Forward] { lock.locked { Array(byKey.values) } }
}
