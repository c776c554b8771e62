import Cluster
import Command
import Glibc
import Podman
import Records

/// Leads ports of this machine to one of the pods of a workload, and to another when that goes or there is a newer one.
///
/// The ports of this machine are ours all the while; behind them is a tunnel for as long as its pod is the right one. The next one
/// is dug before the one there is is given up.
final class Forward: @unchecked Sendable {
  private let app: String
  private let workload: Workload
  private let kubectl: Kubectl
  private let lock = Lock()
  private var ports: [Connect.Port] = []
  private var relays: [PortRelay] = []
  private var pods: [ClusterPod] = []
  private var target: ClusterPod?
  private var coming: ClusterPod?
  /// Pods that have answered us before the cluster has asked them.
  private var answered: Set<String> = []
  private var current: Tunnel?
  /// To the one that is coming.
  private var trial: Tunnel?
  private var hasBeenOpen = false
  private var failure: String?
  private var isStopped = false

  /// Throws ``PortError/taken(port:)``.
  init(app: String, workload: Workload, ports: [Connect.Port], kubectl: Kubectl) throws(PortError) {
    self.app = app
    self.workload = workload
    self.kubectl = kubectl
    try set(ports)
  }

  func start() { Thread.detach { [self] in run() } }

  func stop() {
    lock.locked {
      isStopped = true
      relays.forEach { $0.close() }
      [current, trial].forEach { $0?.stop() }
      lock.broadcast()
    }
  }

  /// The ports from now on. Throws ``PortError/taken(port:)``.
  func set(_ ports: [Connect.Port]) throws(PortError) {
    lock.lock()
    defer { lock.unlock() }
    guard ports != self.ports else { return }
    var relays = self.relays.filter { relay in ports.contains { $0.local == relay.port } }
    for port in ports where !relays.contains(where: { $0.port == port.local }) {
      do { relays.append(try PortRelay(port: port.local) { [weak self] in self?.behind(port.local) }) } catch {
        for relay in relays where !self.relays.contains(where: { $0 === relay }) { relay.close() }
        throw error
      }
    }
    for relay in self.relays where !relays.contains(where: { $0 === relay }) { relay.close() }
    (self.ports, self.relays) = (ports, relays)
    hasBeenOpen = false
    for tunnel in [current, trial] { tunnel?.stop() }
    (current, trial) = (nil, nil)
    lock.broadcast()
  }

  /// The pods there are now.
  func take(_ pods: [ClusterPod]) {
    lock.locked {
      self.pods = pods
      // One that fell over is asked anew.
      answered.formIntersection(pods.filter { $0.readinessPorts != nil }.map(\.uid))
      aim()
    }
  }

  private func aim() {
    target = Forward.choose(pods, current: target, answered: answered)
    coming = Forward.coming(pods, current: target, answered: answered)
    lock.broadcast()
  }

  /// The pod to lead to: the one we have, while it serves and none of a newer version does; else the newest that is ready; else the
  /// one we have for as long as it is there.
  /// - Parameter answered: those that may be taken for ready.
  static func choose(_ pods: [ClusterPod], current: ClusterPod?, answered: Set<String> = []) -> ClusterPod? {
    let able = pods.filter { ($0.isReady || answered.contains($0.uid)) && !$0.isEnding }.sorted { ($0.created, $0.name) < ($1.created, $1.name) }
    if let current, let same = able.first(where: { $0.uid == current.uid }) {
      guard let newest = able.last, newest.template != same.template, newest.created > same.created else { return same }
      return newest
    }
    return able.last ?? pods.first { $0.uid == current?.uid }
  }

  /// The pod that will be the one to lead to when it answers: the newest that runs, is not ready and can be asked.
  static func coming(_ pods: [ClusterPod], current: ClusterPod?, answered: Set<String>) -> ClusterPod? {
    let able = pods.filter { !$0.isReady && !answered.contains($0.uid) && !$0.isEnding && $0.readinessPorts != nil && $0.uid != current?.uid }
    guard let newest = able.max(by: { ($0.created, $0.name) < ($1.created, $1.name) }) else { return nil }
    guard let current, let same = pods.first(where: { $0.uid == current.uid && ($0.isReady || answered.contains($0.uid)) }) else { return newest }
    return newest.template != same.template && newest.created > same.created ? newest : nil
  }

  /// Waits until every port has been open once. Throws ``AttachError``; nil means that there is no pod yet.
  func isOpen() throws(AttachError) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    if let failure { throw .forwardFailed(app: app, said: failure) }
    return hasBeenOpen
  }

  /// What one of our ports leads to now.
  private func behind(_ local: Int) -> Int? {
    lock.locked { ports.first { $0.local == local }.flatMap { current?.local($0.remote) } }
  }

  private enum Work {
    case lead(ClusterPod)
    case ask(ClusterPod)
  }

  private func run() {
    var failures = 0, asked = (uid: "", pause: 0.0)
    while let work = next() {
      switch work {
      case .lead(let pod):
        let tunnel = lead(to: pod)
        guard tunnel.isOver, isTarget(pod) else { failures = 0; continue }
        failures += 1
        // A pod that was just replaced, or a cluster that is away for a moment, is worth some patience; a refusal is not.
        let isAgain = lock.locked { hasBeenOpen }
        if !isAgain, failures > 6 || tunnel.lastWords.contains("orbidden") {
          lock.locked { failure = ClusterFailure(tunnel.lastWords).said }
          return
        }
        usleep(isAgain ? 500_000 : UInt32(250_000 * failures))
      case .ask(let pod):
        let tunnel = tunnel(to: pod)
        lock.locked { trial = tunnel }
        if tunnel.isOpen, tunnel.answers(at: pod.readinessPorts ?? []) {
          lock.locked {
            answered.insert(pod.uid)
            aim()
          }
        } else {
          // An application that takes its time to start is asked less and less often.
          if !tunnel.isOpen, !tunnel.isOver { usleep(5_000); continue }
          asked = (pod.uid, asked.uid == pod.uid ? min(asked.pause * 1.5, 500_000) : tunnel.isOver ? 250_000 : 20_000)
          usleep(UInt32(asked.pause))
        }
      }
    }
  }

  /// Waits for something to do.
  private func next() -> Work? {
    lock.lock()
    defer { lock.unlock() }
    while !isStopped {
      if let trial, trial.isOver || trial.pod.uid != coming?.uid && (trial.pod.uid != target?.uid || trial.pod.uid == current?.pod.uid) {
        trial.stop()
        self.trial = nil
      }
      // With no pod to lead to, whoever comes waits for one, and is not led to where one was.
      if target == nil {
        current?.stop()
        current = nil
      }
      if let target, current?.pod.uid != target.uid || current?.isOver == true { return .lead(target) }
      if let coming { return .ask(coming) }
      lock.wait()
    }
    return nil
  }

  /// The tunnel by which the pod has been asked, else a new one.
  private func tunnel(to pod: ClusterPod) -> Tunnel {
    let (trial, ports) = lock.locked { (self.trial, self.ports) }
    if let trial, trial.pod.uid == pod.uid, !trial.isOver { return trial }
    var remotes: [Int] = []
    for remote in ports.map(\.remote) + (pod.readinessPorts ?? []) where !remotes.contains(remote) { remotes.append(remote) }
    return Tunnel(to: pod, remotes: remotes, namespace: workload.namespace, kubectl: kubectl) { [weak self] in
      guard let self else { return }
      lock.locked { lock.broadcast() }
    }
  }

  /// Waits until a tunnel is open, and gives up the one before; or until it has ended, or its pod is not the right one any more.
  private func lead(to pod: ClusterPod) -> Tunnel {
    // One that ended by itself is not to be dug again at once, over and over.
    if lock.locked({ current?.pod.uid == pod.uid }) { usleep(250_000) }
    let tunnel = tunnel(to: pod)
    while !tunnel.isOpen {
      guard !tunnel.isOver, isTarget(pod) else {
        if lock.locked({ trial !== tunnel }) { tunnel.stop() }
        return tunnel
      }
      usleep(5_000)
    }
    lock.lock()
    let before = current, isAgain = hasBeenOpen
    current = tunnel
    hasBeenOpen = true
    if trial === tunnel { trial = nil }
    lock.unlock()
    before?.stop()
    if isAgain { kubectl.call.pass("Connected to pod \(pod.name)\n") }
    return tunnel
  }

  private func isTarget(_ pod: ClusterPod) -> Bool { lock.locked { !isStopped && target?.uid == pod.uid } }
}
