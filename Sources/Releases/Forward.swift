import Command
import Glibc
import Records

/// Leads ports of this machine to one of the pods of a workload, and to another when that goes: a `kubectl port-forward` for as
/// long as the pod is the right one. The ports of this machine stay the same.
final class Forward: @unchecked Sendable {
  private let app: String
  private let workload: Workload
  private let kubectl: Kubectl
  private let lock = Lock()
  private var ports: [Connect.Port]
  private var target: ClusterPod?
  private var current: Child.Handle?
  private var open: Set<Int> = []
  private var hasBeenOpen = false
  private var failure: String?
  private var isStopped = false

  init(app: String, workload: Workload, ports: [Connect.Port], kubectl: Kubectl) {
    self.app = app
    self.workload = workload
    self.ports = ports
    self.kubectl = kubectl
  }

  func start() { Thread.detach { [self] in run() } }

  func stop() {
    lock.locked {
      isStopped = true
      current?.stop()
      lock.broadcast()
    }
  }

  /// The ports from now on.
  func set(_ ports: [Connect.Port]) {
    lock.locked {
      guard ports != self.ports else { return }
      self.ports = ports
      hasBeenOpen = false
      open = []
      current?.stop()
    }
  }

  /// The pods there are now.
  func take(_ pods: [ClusterPod]) {
    lock.locked {
      let chosen = Forward.choose(pods, current: target)
      let isOther = chosen?.uid != target?.uid
      target = chosen
      guard isOther else { return }
      current?.stop()
      lock.broadcast()
    }
  }

  /// The pod to lead to: the one we have, while it serves and none of a newer version does; else the newest that is ready; else the
  /// one we have for as long as it is there.
  static func choose(_ pods: [ClusterPod], current: ClusterPod?) -> ClusterPod? {
    let able = pods.filter { $0.isReady && !$0.isEnding }.sorted { ($0.created, $0.name) < ($1.created, $1.name) }
    if let current, let same = able.first(where: { $0.uid == current.uid }) {
      guard let newest = able.last, newest.template != same.template, newest.created > same.created else { return same }
      return newest
    }
    return able.last ?? pods.first { $0.uid == current?.uid }
  }

  /// Waits until every port has been open once. Throws ``ReleaseError``; nil means that there is no pod yet.
  func isOpen() throws(ReleaseError) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    if let failure { throw .forwardFailed(app: app, said: failure) }
    return hasBeenOpen
  }

  private func run() {
    var failures = 0
    while let (pod, ports, handle) = next() {
      let argv = kubectl.argv(["port-forward"], namespace: workload.namespace, operands: ["pod/\(pod.name)"] + ports.map { "\($0.local):\($0.remote)" })
      kubectl.call.debug(argv.joined(separator: " "))
      let said = Words()
      _ = try? Child.run(
        argv, output: .lines { [self] in opened($0, pod, ports) }, errors: .lines { said.add($0) }, handle: handle)
      lock.lock()
      current = nil
      open = []
      let isSame = target?.uid == pod.uid && !handle.stopped
      if !hasBeenOpen, isSame {
        failures += 1
        // A pod that was just replaced, or a cluster that is away for a moment, is worth some patience; a refusal is not.
        if failures > 6 || said.last.contains("orbidden") { failure = HelmFailure(said.last).said }
      } else { failures = hasBeenOpen ? 0 : failures }
      let pause = isSame ? (hasBeenOpen ? 500_000 : 250_000 * failures) : 0
      lock.unlock()
      if !said.last.isEmpty { kubectl.call.debug("\(pod.name): \(said.last)") }
      usleep(UInt32(pause))
    }
  }

  private func next() -> (ClusterPod, [Connect.Port], Child.Handle)? {
    lock.lock()
    defer { lock.unlock() }
    while target == nil, !isStopped, failure == nil { lock.wait() }
    guard let target, !isStopped, failure == nil else { return nil }
    let handle = Child.Handle()
    current = handle
    return (target, ports, handle)
  }

  /// `Forwarding from 127.0.0.1:55139 -> 8080`
  private func opened(_ line: String, _ pod: ClusterPod, _ ports: [Connect.Port]) {
    guard line.hasPrefix("Forwarding from 127.0.0.1:"), let local = Int(line.dropFirst(26).prefix { $0.isNumber }) else { return }
    lock.lock()
    open.insert(local)
    let isWhole = open.count == ports.count, isAgain = hasBeenOpen
    if isWhole { hasBeenOpen = true }
    lock.unlock()
    if isWhole, isAgain { kubectl.call.pass("Connected to pod \(pod.name)\n") }
  }

  /// The last thing a program said.
  private final class Words: @unchecked Sendable {
    private(set) var last = ""
    func add(_ line: String) { if !line.trimmed.isEmpty { last = line.trimmed } }
  }
}
