import CSystem
import Command
import Glibc

/// The state of a revision at this moment: whether its containers run and its ports accept connections. Nothing is
/// remembered, so that readiness is never assumed from the past.
package struct PodmanLook {
  package let pods: [PodmanPod]
  package let states: [ContainerState]
  /// TCP ports that do not answer.
  let silent: [PublishedPort]

  package init(_ pods: [PodmanPod]) throws {
    self.pods = pods
    let ports = pods.flatMap(\.ports).filter { $0.networkProtocol == "TCP" }
    let answers = ports.map { port in Later { Loopback.answers(port.host) } }
    states = try ContainerState.read(pods.flatMap(\.containers))
    silent = zip(ports, answers).filter { !$1.value }.map(\.0)
  }

  /// With no port to try, half a second tells a running program from one that exits at once.
  package var isReady: Bool {
    let least = pods.allSatisfy(\.ports.isEmpty) ? 0.5 : 0
    return silent.isEmpty && states.allSatisfy { $0.isSteady && $0.seconds >= least }
  }

  /// Why one pod, or any of them, is not ready; nil if it is.
  package func reason(_ name: String? = nil) -> String? {
    for pod in pods where name == nil || name == pod.name {
      for state in states where pod.containers.contains(state.name) {
        if let trouble = trouble(state, in: pod) { return "container '\(pod.short(state.name))' \(trouble)" }
      }
    }
    return nil
  }

  /// What is wrong with a container: `does not answer on port 8080`.
  package func trouble(_ state: ContainerState, in pod: PodmanPod) -> String? {
    if let trouble = state.trouble { return trouble }
    let ports = pod.ports.filter { silent.contains($0) && pod.owner($0) == pod.short(state.name) }
    return ports.first.map { port in
      "does not answer on port \(port.container)" + (pod.listens(instead: port, state).map { ": " + $0 } ?? "")
    }
  }
}

/// A pod of a revision, with what is needed to see whether it is ready.
package struct PodmanPod {
  package var name: String
  /// Full names: `web-3-web`.
  package var containers: [String]
  package var ports: [PublishedPort]
  /// The container that declares a local port, if it is known; otherwise the first one counts.
  var owners: [Int: String] = [:]

  package init(_ pod: Pod) {
    name = pod.name
    containers = pod.containers.map { "\(pod.name)-\($0)" }
    ports = pod.ports
    for port in ports { owners[port.host] = pod.containerOf(port) }
  }

  package init(name: String, containers: [String], ports: [PublishedPort]) {
    self.name = name
    self.containers = containers
    self.ports = ports
  }

  /// `web` for `web-3-web`.
  package func short(_ container: String) -> String {
    container.hasPrefix(name + "-") ? String(container.dropFirst(name.count + 1)) : container
  }

  /// Where a container listens if it does not answer on the port it should.
  func listens(instead port: PublishedPort, _ state: ContainerState?) -> String? {
    Listening(of: state?.pid ?? 0).instead(of: port.container, declared: ports.map(\.container))
  }

  package func owner(_ port: PublishedPort) -> String {
    owners[port.host] ?? containers.first.map(short) ?? port.workload
  }
}

extension PodmanState.Revision {
  /// Its pods with their ports: the pod of workload `web` at revision 3 is `web-3`.
  package var watched: [PodmanPod] {
    pods.map { pod in
      PodmanPod(
        name: pod.name, containers: pod.containers,
        ports: ports.filter { port in
          let own = "\(port.workload)-\(number)"
          return pods.count == 1 || pod.name == own || pod.name.hasSuffix("." + own)
        })
    }
  }
}

extension ContainerState {
  /// Whether it runs and has not ended recently. A container that keeps failing is restarted at once, and would look
  /// healthy each time.
  var isSteady: Bool { status == "running" && (restarts == 0 || seconds >= 10) }

  package var trouble: String? {
    if isSteady { return nil }
    if status == "running" {
      return "was restarted \(restarts == 1 ? "once" : "\(restarts) times"), most recently a moment ago"
    }
    return isAlive ? "is \(status)" : "exited with status \(exitCode)"
  }
}
