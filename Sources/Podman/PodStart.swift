import CSystem
import Cluster
import Command
import Glibc
import Records

/// Starts a pod as Kubernetes does: each init container when the one before has ended, or, if that is a sidecar, when
/// it has started and its startup probe succeeds; then the rest.
///
/// `podman pod start` alone waits for init containers without a limit, and does not know sidecars.
package struct PodStart {
  package let play: Play
  package let left: PodmanError.Left
  /// When all init containers of the release must have ended.
  package let end: UInt64
  /// Runs podman.
  package let podman: (_ arguments: [String], _ doing: String) throws -> Void

  package init(
    play: Play, left: PodmanError.Left, end: UInt64,
    podman: @escaping (_ arguments: [String], _ doing: String) throws -> Void
  ) {
    self.play = play
    self.left = left
    self.end = end
    self.podman = podman
  }

  /// Throws ``PodmanError``.
  package func start(_ pod: Pod) throws {
    for container in pod.first {
      let name = "\(pod.name)-\(container.name)"
      try podman(["start", name], "start '\(name)'")
      try wait(for: container, name)
      if !container.stays { try podman(["rm", "--force", "--time=0", name], "remove '\(name)'") }
    }
    try podman(["pod", "start", pod.name], "start '\(pod.name)'")
  }

  private func wait(for container: Pod.First, _ name: String) throws {
    var progress = WaitingWords(play.call)
    let began = csystem_nanoseconds()
    var looks = 0
    while true {
      guard var state = try ContainerState.read([name], seconds: play.patience).first else { return }
      // It has ended, but podman has not recorded yet how, or whether it restarts.
      if state.status == "stopped" || state.status == "stopping", state.restarts == 0, looks < 50 {
        looks += 1
        usleep(100_000)
        continue
      }
      if !state.isAlive || state.restarts > 0 {
        if !container.stays, state.exitCode == 0, state.restarts == 0 { return }
        for _ in 0..<20 where state.exitCode == 0 && state.restarts > 0 {
          usleep(100_000)
          state = try ContainerState.read([name], seconds: play.patience).first ?? state
        }
        throw PodmanError.exited(container: container.name, code: state.lastExitCode, log: tell(name), left: left)
      }
      if container.stays, try isUp(container.probe, name, state) { return }
      let now = csystem_nanoseconds()
      if now >= end {
        throw PodmanError.unended(
          container: container.name, stays: container.stays, seconds: play.timeout, log: tell(name), left: left)
      }
      if progress.isDue {
        let words =
          container.stays ? "the startup probe of '\(container.name)'" : "init container '\(container.name)' to end"
        progress.tell(seconds: Int((now - began) / 1_000_000_000), (words, ContainerState.log(name)))
      }
      usleep(100_000)
    }
  }

  /// Whether a startup probe succeeds. For a probe over the network it is enough that something listens.
  private func isUp(_ probe: JSON?, _ name: String, _ state: ContainerState) throws -> Bool {
    guard state.status == "running" else { return false }
    if let command = probe?["exec"]?["command"]?.array?.compactMap(\.string), !command.isEmpty {
      return try Podman.run(
        ["exec", name] + command, output: .discard, errors: .discard, seconds: play.patience, doing: "run a probe"
      ).succeeded
    }
    for kind in ["tcpSocket", "httpGet", "grpc"] {
      guard let port = probe?[kind]?["port"] else { continue }
      // A named port would have to be looked up in the container; podman publishes it, and the release waits for it at
      // the end.
      guard let number = port.integer, (1...65_535).contains(number) else { return true }
      let listening = Listening(of: state.pid)
      return listening.sockets.contains { $0.port == number } || (!listening.isApart && Loopback.answers(number))
    }
    return true
  }

  private func tell(_ container: String) -> [String] {
    let log = ContainerState.log(container)
    if !log.isEmpty { play.call.pass(log.suffix(20).joined(separator: "\n").indented(by: 4)) }
    return log
  }
}
