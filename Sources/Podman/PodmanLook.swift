import CSystem
import Command
import Glibc

/// How a revision is doing at this moment: whether its containers run and its ports take connections. Nothing of it is
/// remembered, so that what once was ready is not taken for ready.
package struct PodmanLook {
  package let pods: [PodmanPod]
  package let states: [ContainerState]
  /// TCP ports that nobody answers on.
  let silent: [PublishedPort]

  package init(_ pods: [PodmanPod]) throws {
    self.pods = pods
    let ports = pods.flatMap(\.ports).filter { $0.networkProtocol == "TCP" }
    let answers = ports.map { port in Later { Loopback.answers(port.host) } }
    states = try ContainerState.read(pods.flatMap(\.containers))
    silent = zip(ports, answers).filter { !$1.value }.map(\.0)
  }

  /// With no port to ask, half a second tells a program that runs from one that fell over.
  package var isReady: Bool {
    let least = pods.allSatisfy(\.ports.isEmpty) ? 0.5 : 0
    return silent.isEmpty && states.allSatisfy { $0.isSteady && $0.seconds >= least }
  }

  /// Why it is not ready, of one pod or of all; nil when it is.
  package func reason(_ name: String? = nil) -> String? {
    for pod in pods where name == nil || name == pod.name {
      for state in states where pod.containers.contains(state.name) {
        if let trouble = trouble(state, in: pod) { return "container '\(pod.short(state.name))' \(trouble)" }
      }
    }
    return nil
  }

  /// What is the matter with a container: `does not answer on port 8080`.
  package func trouble(_ state: ContainerState, in pod: PodmanPod) -> String? {
    if let trouble = state.trouble { return trouble }
    let ports = pod.ports.filter { silent.contains($0) && pod.owner($0) == pod.short(state.name) }
    return ports.first.map { port in
      "does not answer on port \(port.container)" + (pod.listens(instead: port, state).map { ": " + $0 } ?? "")
    }
  }
}

/// A pod of a revision, as far as one looks whether it is ready.
package struct PodmanPod {
  package var name: String
  /// Full names: `web-3-web`.
  package var containers: [String]
  package var ports: [PublishedPort]
  /// The container that declares a port of this machine; where that is not known it is the first one.
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

  /// Where a container listens when it does not answer on the port it should.
  func listens(instead port: PublishedPort, _ state: ContainerState?) -> String? {
    Listening(of: state?.pid ?? 0).instead(of: port.container, declared: ports.map(\.container))
  }

  package func owner(_ port: PublishedPort) -> String { owners[port.host] ?? containers.first.map(short) ?? port.workload }
}

extension PodmanState.Revision {
  /// Its pods with their ports: the pod of the workload `web` at revision 3 is `web-3`.
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
  /// It runs, and did not come to its end a moment ago. One that falls over is started again at once, and would look
  /// well each time.
  var isSteady: Bool { status == "running" && (restarts == 0 || seconds >= 10) }

  package var trouble: String? {
    if isSteady { return nil }
    if status == "running" {
      return "was started again \(restarts == 1 ? "once" : "\(restarts) times"), the last time a moment ago"
    }
    return isAlive ? "is \(status)" : "exited with status \(exitCode)"
  }
}
