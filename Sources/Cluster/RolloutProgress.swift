import CSystem
import Command
import Glibc

/// Says every few seconds what the pods of a release wait for, while helm waits for them.
struct RolloutProgress {
  let namespace: String
  let buildID: String
  let kubectl: Kubectl
  /// The current pods of the release; nil when it is over.
  let pods: () -> [ClusterPod]?

  func start() {
    Thread.detach {
      let began = csystem_nanoseconds()
      var words = WaitingWords(kubectl.call)
      while let pods = pods() {
        if words.isDue { words.tell(seconds: Int((csystem_nanoseconds() - began) / 1_000_000_000), reason(pods)) }
        usleep(200_000)
      }
    }
  }

  private func reason(_ pods: [ClusterPod]) -> (words: String, log: [String]) {
    let context = kubectl.context
    if !kubectl.answers { return ("the cluster at '\(context.server ?? context.name)' does not answer", []) }
    let own = pods.filter { $0.isOf(buildID: buildID) }
    if own.isEmpty { return ("no pod has been created yet", []) }
    for pod in own {
      guard let reason = pod.namedReason ?? RolloutProgress.starting(pod) else { continue }
      return (reason, log(pod))
    }
    return ("the pods are ready, but helm is still waiting", [])
  }

  /// `web-5d9c: ContainerCreating`
  static func starting(_ pod: ClusterPod) -> String? {
    pod.phase == "Pending" ? "\(pod.name): \(pod.own.lazy.compactMap(\.waiting?.reason).first ?? "Pending")" : nil
  }

  /// The last log lines of the pod's first container that is not ready and has run.
  private func log(_ pod: ClusterPod) -> [String] {
    let waiting = pod.own.first { !$0.isReady && ($0.isRunning || $0.lastEnd != nil) }
    guard let container = waiting?.name else { return [] }
    let words = ["logs", "--container=\(container)", "--tail=60", "--request-timeout=5s"]
    let logs = kubectl.words(words, namespace: namespace, operands: [pod.name])
    guard let result = try? Kubectl.run(logs, errors: .discard), result.succeeded else { return [] }
    return result.outputText.lines.map(String.init).filter { !$0.trimmed.isEmpty }
  }
}
