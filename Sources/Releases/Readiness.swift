import Command
import CSystem
import Glibc
import Records

/// Waits until the containers of new pods run and their ports answer.
struct Readiness {
  let pods: [Pod]
  let order: Order
  /// Whether a revision from before is there to go on.
  let kept: Bool

  /// Throws ``ReleaseError`` when a container ends, or does not answer in time; its last lines have been printed by then.
  func wait() throws {
    let began = csystem_nanoseconds()
    let containers = try podContainers()
    var waiting = order.settings.wait ? pods.flatMap { pod in pod.ports.filter { $0.networkProtocol == "TCP" } } : []
    var looked: UInt64 = 0
    // With no port to ask, half a second tells a program that runs from one that fell over.
    let patience: UInt64 = waiting.isEmpty ? 500_000_000 : 0
    while true {
      waiting.removeAll { Loopback.answers($0.host) }
      let now = csystem_nanoseconds()
      let done = waiting.isEmpty && now - began >= patience
      if done || now - looked > 300_000_000 {
        looked = now
        try check(containers)
      }
      if done { return }
      if now - began > UInt64(order.timeout) * 1_000_000_000 {
        let port = waiting[0]
        let pod = pods.first { $0.ports.contains(port) }
        let name = pod?.containerOf(port) ?? port.workload
        if let pod { tell("\(pod.name)-\(name)") }
        throw ReleaseError.silent(container: name, port: port.container, seconds: order.timeout, kept: kept)
      }
      usleep(20_000)
    }
  }

  private func podContainers() throws -> [String] { pods.flatMap { pod in pod.containers.map { "\(pod.name)-\($0)" } } }

  private func check(_ containers: [String]) throws {
    for state in try ContainerState.read(containers) where state.hasFailed {
      let state = try ended(state)
      let log = tell(state.name)
      let pod = pods.first { state.name.hasPrefix($0.name + "-") }
      let name = pod.map { String(state.name.dropFirst($0.name.count + 1)) } ?? state.name
      throw ReleaseError.exited(container: name, code: state.exitCode, log: log, kept: kept)
    }
  }

  /// One that was started again has no status to end with while it runs: it is waited for to fall over once more.
  private func ended(_ state: ContainerState) throws -> ContainerState {
    var state = state
    for _ in 0..<20 where state.exitCode == 0 && state.restarts > 0 {
      usleep(100_000)
      state = try ContainerState.read([state.name]).first ?? state
    }
    return state
  }

  @discardableResult
  private func tell(_ container: String) -> [String] {
    let log = ContainerState.log(container)
    if !log.isEmpty { order.call.pass(log.joined(separator: "\n").indented(by: 4)) }
    return log
  }
}
