import CSystem
import Command
import Glibc
import Records

/// Says every few seconds what the pods of a release wait for, while helm waits for them.
struct RolloutProgress {
  let namespace: String
  let buildID: String
  let kubectl: Kubectl
  /// The current pods of the release; nil when it is over.
  let pods: () -> [JSON]?

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

  private func reason(_ pods: [JSON]) -> (words: String, log: [String]) {
    let context = kubectl.context
    if !kubectl.answers { return ("the cluster at '\(context.server ?? context.name)' does not answer", []) }
    let own = pods.filter { ClusterPod.isOf($0, buildID: buildID) }
    if own.isEmpty { return ("no pod has been created yet", []) }
    for pod in own {
      guard let reason = PodReasons.reason(pod) ?? RolloutProgress.starting(pod) else { continue }
      return (reason, log(pod))
    }
    return ("the pods are ready, but helm is still waiting", [])
  }

  /// `web-5d9c: ContainerCreating`
  static func starting(_ pod: JSON) -> String? {
    let statuses = pod["status"]?["initContainerStatuses"]?.array ?? []
    let all = statuses + (pod["status"]?["containerStatuses"]?.array ?? [])
    guard pod["status"]?["phase"]?.string == "Pending" else { return nil }
    let reason = all.lazy.compactMap { $0["state"]?["waiting"]?["reason"]?.string }.first ?? "Pending"
    return "\(pod["metadata"]?["name"]?.string ?? ""): \(reason)"
  }

  /// The last log lines of the pod's first container that is not ready and has run.
  private func log(_ pod: JSON) -> [String] {
    let status = pod["status"]
    let all = (status?["initContainerStatuses"]?.array ?? []) + (status?["containerStatuses"]?.array ?? [])
    let waiting = all.first { $0["ready"]?.bool != true && ($0["state"]?["running"] != nil || $0["lastState"]?["terminated"] != nil) }
    guard let name = pod["metadata"]?["name"]?.string, let container = waiting?["name"]?.string else { return [] }
    let words = ["logs", "--container=\(container)", "--tail=60", "--request-timeout=5s"]
    let logs = kubectl.words(words, namespace: namespace, operands: [name])
    guard let result = try? Kubectl.run(logs, errors: .discard), result.succeeded else { return [] }
    return result.outputText.lines.map(String.init).filter { !$0.trimmed.isEmpty }
  }
}
