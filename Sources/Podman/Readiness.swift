import CSystem
import Cluster
import Command
import Glibc
import Records

/// Waits until the containers of a revision run and their ports answer.
package struct Readiness {
  package let pods: [PodmanPod]
  package let play: Play
  /// What runs if that fails.
  package let left: PodmanError.Left
  /// How often each container had been restarted before the wait; 0 for a new one.
  package var restarts: [String: Int] = [:]

  package init(pods: [PodmanPod], play: Play, left: PodmanError.Left, restarts: [String: Int] = [:]) {
    self.pods = pods
    self.play = play
    self.left = left
    self.restarts = restarts
  }

  /// Throws ``PodmanError`` if a container ends or does not answer in time; its last lines have been printed by then.
  package func wait() throws {
    let began = csystem_nanoseconds()
    var waiting = play.settings.wait ? pods.flatMap { pod in pod.ports.filter { $0.networkProtocol == "TCP" } } : []
    var looked: UInt64 = 0, progress = WaitingWords(play.call)
    // With no port to try, half a second tells a running program from one that exits at once.
    let patience: UInt64 = waiting.isEmpty ? 500_000_000 : 0
    while true {
      waiting.removeAll { Loopback.answers($0.host) }
      let now = csystem_nanoseconds()
      let answers = waiting.isEmpty && now - began >= patience
      var unsteady: ContainerState?
      if answers || now - looked > 300_000_000 {
        looked = now
        unsteady = try check().first { !$0.isSteady }
        if answers, unsteady == nil { return }
      }
      if progress.isDue { progress.tell(seconds: Int((now - began) / 1_000_000_000), try reason(waiting.first)) }
      if now - began > UInt64(play.timeout) * 1_000_000_000 { throw late(waiting.first, unsteady) }
      usleep(20_000)
    }
  }

  /// Throws if a container has ended.
  private func check() throws -> [ContainerState] {
    let states = try ContainerState.read(pods.flatMap(\.containers))
    for state in states where !state.isAlive || state.restarts > restarts[state.name, default: 0] {
      let state = try ended(state)
      throw PodmanError.exited(
        container: short(state.name), code: state.lastExitCode, log: tell(state.name), left: left)
    }
    return states
  }

  /// A restarted container has no exit status while it runs: wait for it to fail once more.
  private func ended(_ state: ContainerState) throws -> ContainerState {
    var state = state
    for _ in 0..<20 where state.exitCode == 0 && state.restarts > 0 {
      usleep(100_000)
      state = try ContainerState.read([state.name]).first ?? state
    }
    return state
  }

  /// What the release waits for now, and the log lines that explain it.
  private func reason(_ port: PublishedPort?) throws -> (words: String, log: [String]) {
    let look = try PodmanLook(pods)
    let pod = port.flatMap { port in pods.first { $0.ports.contains(port) } }
    let silent = pod.flatMap { pod in port.map { "\(pod.name)-\(pod.owner($0))" } }
    let container = silent ?? pods.first?.containers.first ?? ""
    return (look.reason() ?? "\(short(container)) to keep running", ContainerState.log(container))
  }

  private func late(_ port: PublishedPort?, _ unsteady: ContainerState?) -> PodmanError {
    guard let port, let pod = pods.first(where: { $0.ports.contains(port) }) else {
      let name = unsteady?.name ?? pods.first?.containers.first ?? ""
      return .exited(container: short(name), code: unsteady?.lastExitCode, log: tell(name), left: left)
    }
    let name = pod.owner(port), state = try? ContainerState.read(["\(pod.name)-\(name)"]).first
    let log = tell("\(pod.name)-\(name)")
    let listens = pod.listens(instead: port, state)
    return .silent(
      container: name, port: port.container, seconds: play.timeout, listens: listens, log: log, left: left)
  }

  private func short(_ container: String) -> String {
    pods.first { $0.containers.contains(container) }?.short(container) ?? container
  }

  @discardableResult
  private func tell(_ container: String) -> [String] {
    let log = ContainerState.log(container)
    if !log.isEmpty { play.call.pass(log.suffix(20).joined(separator: "\n").indented(by: 4)) }
    return log
  }
}
