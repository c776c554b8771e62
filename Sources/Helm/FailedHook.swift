import Cluster
import Command
import Records
import YAML

/// A failed hook of a chart, from what helm stores about it: helm itself only prints `pre-upgrade hooks failed: job
/// failed: BackoffLimitExceeded`.
struct FailedHook {
  let kind: String
  let name: String
  let namespace: String

  /// The hook of the newest revision that failed last; nil if none did.
  init?(_ release: JSON, namespace: String) {
    let failed = (release["hooks"]?.array ?? []).filter { $0["last_run"]?["phase"]?.string == "Failed" }
    func time(_ hook: JSON) -> String { hook["last_run"]?["started_at"]?.string ?? "" }
    guard let newest = failed.max(by: { time($0) < time($1) }), let kind = newest["kind"]?.string,
      let name = newest["name"]?.string, isObjectName(name)
    else { return nil }
    self.kind = kind.harmless
    self.name = name
    let object = newest["manifest"]?.string.flatMap { try? json(yaml: Array($0.utf8)) }?.first
    self.namespace = object?["metadata"]?["namespace"]?.string.flatMap { isObjectName($0) ? $0 : nil } ?? namespace
  }

  /// The error; shows the last log lines of its pod first. They are gone for a hook that is deleted as soon as it
  /// fails.
  func error(_ said: String, kubectl: Kubectl) -> HelmError {
    let pod = lastPod(kubectl), container = pod?.failed
    var log: [String] = []
    if let name = pod?.name, isObjectName(name) { log = words(name, container?.name, kubectl) }
    if !log.isEmpty { kubectl.call.pass(log.joined(separator: "\n").indented(by: 4)) }
    // `1 error occurred: * job failed: BackoffLimitExceeded`
    var said = said.firstRange(of: "* ").map { String(said[$0.upperBound...]) } ?? said
    if container == nil, log.isEmpty, let reason = pod?.namedReason { said += "; " + reason.harmless }
    return .hook(
      "\(kind)/\(name)", namespace: namespace, code: container?.code, reason: container?.reason, log: log, said: said)
  }

  /// The newest failed pod of the Job, else the newest pod; a hook may be a pod itself.
  private func lastPod(_ kubectl: Kubectl) -> ClusterPod? {
    let path = "/api/v1/namespaces/\(namespace)/pods"
    if kind == "Pod" { return (try? kubectl.get("\(path)/\(name)", doing: "look at a hook")).flatMap(ClusterPod.init) }
    let query = "labelSelector=\(Kubectl.escaped("job-name=\(name)"))"
    guard kind == "Job", let list = try? kubectl.get("\(path)?\(query)", doing: "look at a hook") else { return nil }
    func rank(_ pod: ClusterPod) -> (Int, String) { (pod.failed == nil ? 0 : 1, pod.created) }
    return ClusterPod.all(in: list).max { rank($0) < rank($1) }
  }

  /// The last lines of its log, at most ten.
  private func words(_ pod: String, _ container: String?, _ kubectl: Kubectl) -> [String] {
    let which = container.map { "--container=\($0)" } ?? "--all-containers"
    for more in [[], ["--previous"]] {
      let words = kubectl.words(
        ["logs", "--request-timeout=10s", "--tail=10", which] + more, namespace: namespace, operands: [pod])
      guard let result = try? Kubectl.run(words, errors: .discard), result.succeeded else { continue }
      let lines = result.outputText.lines.map(String.init).filter { !$0.trimmed.isEmpty }
      if !lines.isEmpty { return Array(lines.suffix(10)) }
    }
    return []
  }
}

extension HelmFailure {
  /// The error of a failed hook of the chart; nil if it was not a hook, or if it is unknown which.
  package func hookError(_ name: String, namespace: String, context: KubeContext, call: Call) -> HelmError? {
    guard isOfHook, Kubectl.isThere, let storage = try? HelmStorage(context: context, call: call),
      let entry = try? storage.newest("name=\(name)", namespace: namespace).first,
      let release = try? storage.read(entry), let hook = FailedHook(release.json, namespace: namespace)
    else { return nil }
    return hook.error(said, kubectl: Kubectl(context: context, call: call))
  }
}
