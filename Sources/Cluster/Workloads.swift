import Command
import Records

/// The workloads of a release's manifest as they are in the cluster, and their pods.
package struct Workloads {
  package let kubectl: Kubectl
  package let namespace: String
  /// What was read ahead for several releases.
  package var group: LiveGroup?

  package init(kubectl: Kubectl, namespace: String, group: LiveGroup? = nil) {
    self.kubectl = kubectl
    self.namespace = namespace
    self.group = group
  }

  package static let kinds = [
    "Deployment": "deployments.apps", "StatefulSet": "statefulsets.apps", "DaemonSet": "daemonsets.apps",
    "ReplicaSet": "replicasets.apps",
    "ReplicationController": "replicationcontrollers", "Job": "jobs.batch", "CronJob": "cronjobs.batch", "Pod": "pods"
  ]

  /// The state of each workload, the pods, and the other objects that do not exist. Throws ``ClusterError``, also if a
  /// workload may not be read.
  package func read(_ all: LiveObjects) throws -> (workloads: [Status.Workload], pods: [Status.Pod], missing: [String])
  {
    var workloads: [Status.Workload] = [], pods: [Status.Pod] = []
    if let unread = all.passedOver.first(where: { Workloads.kinds[$0.kind] != nil }) { throw unread.error }
    let missing = all.missing
    for object in all.objects where Workloads.kinds[object.kind] != nil {
      if let live = object.live {
        workloads.append(Status.Workload(live))
        pods += try self.pods(of: live, object.name)
      } else if missing.contains(where: { $0.wanted == object.wanted }) {
        workloads.append(Status.Workload(name: object.name, ready: 0, wanted: 1, well: false, reason: "is missing"))
      }
    }
    return (workloads, pods, missing.filter { Workloads.kinds[$0.kind] == nil }.map(\.name))
  }

  private func pods(of workload: JSON, _ name: String) throws -> [Status.Pod] {
    if workload["kind"]?.string == "Pod" { return ClusterPod(workload).map { [Status.Pod($0, workload: name)] } ?? [] }
    let namespace = workload["metadata"]?["namespace"]?.string ?? namespace,
      selector = Workloads.selector(Workloads.labels(workload))
    guard !selector.isEmpty else { return [] }
    let pods = try group?.pods(selector: selector, namespace: namespace) ?? kubectl.pods(selector, namespace: namespace)
    return pods.map { Status.Pod($0, workload: name) }.sorted { $0.name < $1.name }
  }

  /// The labels by which a workload selects its pods.
  package static func labels(_ workload: JSON) -> [(name: String, value: String)] {
    let wanted = workload["spec"]?["selector"]
    let labels = (workload["kind"]?.string == "ReplicationController" ? wanted : wanted?["matchLabels"])?.object ?? []
    return labels.compactMap { label in label.value.string.map { (label.name, $0) } }
  }

  package static func selector(_ labels: [(name: String, value: String)]) -> String {
    labels.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
  }
}

extension Status.Workload {
  /// Uses the rules of `kubectl rollout status`.
  package init(_ object: JSON) {
    let kind = object["kind"]?.string ?? "", spec = object["spec"], status = object["status"]
    self.init(name: "\(kind)/\(object["metadata"]?["name"]?.string ?? "")", ready: 0, wanted: 1, well: false)
    func count(_ name: String) -> Int { status?[name]?.integer ?? 0 }
    func condition(_ type: String) -> JSON? { status?["conditions"]?.array?.first { $0["type"]?.string == type } }
    let seen = count("observedGeneration") >= object["metadata"]?["generation"]?.integer ?? 0
    switch kind {
    case "DaemonSet":
      (ready, wanted) = (count("numberReady"), count("desiredNumberScheduled"))
      let manual = spec?["updateStrategy"]?["type"]?.string == "OnDelete"
      settle(rolledOut: seen && (manual || count("updatedNumberScheduled") >= wanted))
      if !seen { reason = "rolling out" }
    case "Job":
      (ready, wanted) = (count("succeeded"), spec?["completions"]?.integer ?? 1)
      if let failed = condition("Failed"), failed["status"]?.string == "True" {
        reason = failed["reason"]?.string ?? "failed"
      } else {
        well = true
        if ready < wanted { reason = count("active") > 0 ? "running" : "waiting" }
      }
    case "CronJob":
      // A CronJob runs nothing until its time.
      well = true
      let last = status?["lastScheduleTime"]?.string.map { ", last \($0)" } ?? ""
      reason = spec?["suspend"]?.bool == true ? "suspended" : "runs at '\(spec?["schedule"]?.string ?? "")'\(last)"
      (ready, wanted) = (status?["active"]?.array?.count ?? 0, 0)
    case "Pod":
      let done = status?["phase"]?.string == "Succeeded"
      ready = done || condition("Ready")?["status"]?.string == "True" ? 1 : 0
      settle(rolledOut: true)
    default:
      (ready, wanted) = (count("readyReplicas"), spec?["replicas"]?.integer ?? 1)
      switch kind {
      case "Deployment":
        settle(rolledOut: seen && count("updatedReplicas") >= wanted && count("replicas") <= count("updatedReplicas"))
        if let progressing = condition("Progressing"), progressing["reason"]?.string == "ProgressDeadlineExceeded" {
          (well, reason) = (false, "does not come up")
        }
      case "StatefulSet":
        let manual = spec?["updateStrategy"]?["type"]?.string == "OnDelete"
        let kept = spec?["updateStrategy"]?["rollingUpdate"]?["partition"]?.integer ?? 0
        settle(rolledOut: seen && (manual || count("updatedReplicas") >= wanted - kept))
      default: settle(rolledOut: seen)
      }
    }
  }

  private mutating func settle(rolledOut: Bool) {
    well = rolledOut && ready >= wanted
    if !rolledOut { reason = "rolling out" } else if !well { reason = "not ready" }
  }
}

extension Status.Pod {
  init(_ pod: ClusterPod, workload: String) {
    self.init(
      name: pod.name, workload: workload, phase: pod.isEnding ? "Terminating" : pod.phase,
      ready: pod.isReady || pod.phase == "Succeeded",
      restarts: pod.containers.reduce(0) { $0.plus($1.kind == .regular ? $1.restarts : 0) })
    if !ready { reason = pod.reason ?? pod.phaseReason }
  }
}
