import Cluster
import Command
import Glibc
import Podman
import Records

/// Forwards local ports to a pod of a workload; switches when that pod goes or a newer one is ready.
///
/// The local ports stay open; behind them is a tunnel to the current pod. The new tunnel is opened before the old one
/// is closed.
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
  /// Pods that have answered us before the cluster marked them ready.
  private var answered: Set<String> = []
  private var current: Tunnel?
  /// To the pod that is about to become ready.
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

  /// Replaces the ports. Throws ``PortError/taken(port:)``.
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

  /// Takes the current list of pods.
  func take(_ pods: [ClusterPod]) {
    lock.locked {
      self.pods = pods
      // Ask a pod again that has stopped being ready.
      answered.formIntersection(pods.filter { $0.readinessPorts != nil }.map(\.uid))
      aim()
    }
  }

  private func aim() {
    target = Forward.choose(pods, current: target, answered: answered)
    coming = Forward.coming(pods, current: target, answered: answered)
    lock.broadcast()
  }

  /// The pod to forward to: the current one, while it is ready and no newer version is; else the newest that is ready;
  /// else the current one, as long as it exists.
  /// - Parameter answered: uids of pods that count as ready.
  static func choose(_ pods: [ClusterPod], current: ClusterPod?, answered: Set<String> = []) -> ClusterPod? {
    let able = pods.filter { ($0.isReady || answered.contains($0.uid)) && !$0.isEnding }.sorted {
      ($0.created, $0.name) < ($1.created, $1.name)
    }
    if let current, let same = able.first(where: { $0.uid == current.uid }) {
      guard let newest = able.last, newest.template != same.template, newest.created > same.created else { return same }
      return newest
    }
    return able.last ?? pods.first { $0.uid == current?.uid }
  }

  /// The pod to switch to once it answers: the newest that runs, is not ready yet and has ports to try.
  static func coming(_ pods: [ClusterPod], current: ClusterPod?, answered: Set<String>) -> ClusterPod? {
    let able = pods.filter {
      !$0.isReady && !answered.contains($0.uid) && !$0.isEnding && $0.readinessPorts != nil && $0.uid != current?.uid
    }
    guard let newest = able.max(by: { ($0.created, $0.name) < ($1.created, $1.name) }) else { return nil }
    guard let current,
      let same = pods.first(where: { $0.uid == current.uid && ($0.isReady || answered.contains($0.uid)) })
    else { return newest }
    return newest.template != same.template && newest.created > same.created ? newest : nil
  }

  /// Whether every port has been open once; waits for it. nil: there is no pod yet. Throws ``AttachError``.
  func isOpen() throws(AttachError) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    if let failure { throw .forwardFailed(app: app, said: failure) }
    return hasBeenOpen
  }

  /// The local port of the tunnel behind one of our ports.
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
        // Wait for a pod that was just replaced, or for a cluster that is away for a moment; do not wait after a
        // refusal.
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
          // Ask an application that starts slowly less and less often.
          if !tunnel.isOpen, !tunnel.isOver { usleep(5_000); continue }
          asked = (pod.uid, asked.uid == pod.uid ? min(asked.pause * 1.5, 500_000) : tunnel.isOver ? 250_000 : 20_000)
          usleep(UInt32(asked.pause))
        }
      }
    }
  }

  /// Waits for the next thing to do.
  private func next() -> Work? {
    lock.lock()
    defer { lock.unlock() }
    while !isStopped {
      if let trial,
        trial.isOver
          || trial.pod.uid != coming?.uid && (trial.pod.uid != target?.uid || trial.pod.uid == current?.pod.uid)
      {
        trial.stop()
        self.trial = nil
      }
      // With no pod to forward to, new connections wait for one instead of reaching the old one.
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

  /// The tunnel by which the pod was asked, else a new one.
  private func tunnel(to pod: ClusterPod) -> Tunnel {
    let (trial, ports) = lock.locked { (self.trial, self.ports) }
    if let trial, trial.pod.uid == pod.uid, !trial.isOver { return trial }
    var remotes: [Int] = []
    for remote in ports.map(\.remote) + (pod.readinessPorts ?? []) where !remotes.contains(remote) {
      remotes.append(remote)
    }
    return Tunnel(to: pod, remotes: remotes, namespace: workload.namespace, kubectl: kubectl) { [weak self] in
      guard let self else { return }
      lock.locked { lock.broadcast() }
    }
  }

  /// Waits until a tunnel is open, and closes the one before; or until it has ended, or its pod is no longer the right
  /// one.
  private func lead(to pod: ClusterPod) -> Tunnel {
    // Do not reopen a tunnel that ended by itself over and over without a pause.
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
