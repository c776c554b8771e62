import CSystem
import Command
import Glibc
import Records

/// Follows the pods of a release while helm waits for them, and stops helm when one of them will not start, so that the
/// user does not wait five minutes for what the cluster knew after two seconds.
///
/// One `kubectl get --raw …?watch=1` reports each change. A pod that existed before the release (it has a status when
/// we first see it) is usually about to be replaced, so it counts only after a while.
package final class Rollout: @unchecked Sendable {
  private let app: App
  private let buildID: String
  private let call: Call
  private let kubectl: Kubectl
  private let helm: Child.Handle
  private let replaces: Bool
  private let began = csystem_nanoseconds()
  private let lock = Lock()
  private var pods: [String: Seen] = [:]
  private var reader = Child.Handle()
  private var found: PodTrouble?
  private var isOver = false

  private struct Seen {
    var pod: ClusterPod
    var wasThere: Bool
    /// When its current trouble was first seen.
    var since: UInt64?
    /// The first message about an image says why; later ones only say that it is tried again.
    var said: String?
  }

  /// Seconds after which a pod that existed before counts as one of this release.
  private static let replacement = 10.0

  /// - Parameter replaces: whether pods are being replaced; if not, existing pods belong to this release.
  package init(
    _ app: App, buildID: String, context: KubeContext, ending helm: Child.Handle, replaces: Bool = true, call: Call
  ) {
    self.app = app
    self.buildID = buildID
    self.call = call
    self.helm = helm
    self.replaces = replaces
    kubectl = Kubectl(context: context, call: call)
  }

  package func start() {
    guard Kubectl.isThere else { return }
    Thread.detach { [self] in
      while !lock.locked({ isOver }) {
        follow()
        pause(1)
      }
    }
    Thread.detach { [self] in
      while !lock.locked({ isOver }) {
        judge()
        pause(1)
      }
    }
    RolloutProgress(namespace: app.namespace, buildID: buildID, kubectl: kubectl) { [self] in
      lock.locked { isOver ? nil : pods.sorted { $0.key < $1.key }.map(\.value.pod) }
    }.start()
    Thread.detach { [self] in
      var probes = ProbeEvents(kubectl: kubectl, namespace: app.namespace)
      while !lock.locked({ isOver }) {
        pause(3)
        if let said = probes.news(of: ours), lock.locked({ found == nil && !isOver }) { call.say(said) }
      }
    }
  }

  /// The pods of this release, as far as can be known yet.
  private var ours: [ClusterPod] {
    lock.locked {
      let mayBeOld = Double(csystem_nanoseconds() - began) / 1e9 < Rollout.replacement
      return pods.sorted { $0.key < $1.key }.map(\.value).filter {
        !(replaces && $0.wasThere && mayBeOld) && $0.pod.isOf(buildID: buildID)
      }.map(\.pod)
    }
  }

  /// Ends the watch when the release is over, whatever its outcome.
  /// - Returns: the trouble for which helm was stopped.
  package func finish() -> PodTrouble? {
    let (reader, found) = lock.locked {
      isOver = true
      return (self.reader, self.found)
    }
    reader.stop()
    return found
  }

  /// Why a pod will not start, as soon as that is clear.
  package var trouble: PodTrouble? { lock.locked { found } }

  private func pause(_ seconds: Int) {
    for _ in 0..<(seconds * 10) where !lock.locked({ isOver }) { usleep(100_000) }
  }

  private func follow() {
    let handle = Child.Handle()
    guard
      lock.locked({ () -> Bool in
        reader = handle; return !isOver
      })
    else { return }
    let path = "/api/v1/namespaces/\(app.namespace)/pods?watch=1&labelSelector=\(Kubectl.escaped("draft=\(app.name)"))"
    _ = try? Kubectl.run(
      ["get", "--raw", path, "--context=\(kubectl.context.name)"], output: .lines { [self] line in take(line) },
      errors: .discard, handle: handle)
  }

  private func take(_ line: String) {
    guard let event = try? JSON(parsing: Array(line.utf8)), let pod = event["object"].flatMap(ClusterPod.init) else {
      return
    }
    lock.locked {
      if event["type"]?.string == "DELETED" { pods[pod.uid] = nil; return }
      let old = pods[pod.uid]
      pods[pod.uid] = Seen(
        pod: pod, wasThere: old?.wasThere ?? pod.containers.contains { $0.kind == .regular }, since: old?.since,
        said: old?.said)
    }
    judge()
  }

  private func judge() {
    let isNew: Bool = lock.locked {
      guard found == nil, !isOver else { return false }
      let now = csystem_nanoseconds()
      for (uid, seen) in pods.sorted(by: { $0.key < $1.key }) where seen.pod.isOf(buildID: buildID) {
        guard var trouble = PodTrouble(seen.pod) else { pods[uid]?.since = nil; continue }
        if seen.said == nil { pods[uid]?.said = trouble.said }
        trouble.said = seen.said ?? trouble.said
        let since = seen.since ?? now
        pods[uid]?.since = since
        guard Double(now - since) / 1e9 >= trouble.patience,
          !replaces || !seen.wasThere || Double(now - began) / 1e9 >= Rollout.replacement
        else { continue }
        found = trouble
        return true
      }
      return false
    }
    if isNew {
      call.debug("a pod will not start: stopping helm")
      helm.stop()
    }
  }
}
