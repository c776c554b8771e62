import Command
import Records

/// Why the pods of an application are not ready: `web-5d9c: ImagePullBackOff`. For an error message, so it never fails.
package enum PodReasons {
  /// One pod for each reason, of the new build only.
  package static func read(_ app: App, buildID: String, context: KubeContext, call: Call) -> [String] {
    guard Kubectl.isThere,
      let result = try? Kubectl.run(
        ["get", "pods", "--namespace=\(app.namespace)", "--context=\(context.name)", "--request-timeout=10s", "--selector=draft=\(app.name)", "--output=json"],
        errors: .discard),
      result.succeeded, let list = try? JSON(parsing: result.output)
    else { return [] }
    var reasons: [String] = [], told: Set<Substring> = []
    let probes = ProbeEvents(kubectl: Kubectl(context: context, call: call), namespace: app.namespace)
    for pod in list["items"]?.array ?? [] where [nil, buildID].contains(pod["metadata"]?["annotations"]?["buildID"]?.string) {
      guard let found = reason(pod), let words = found.firstRange(of: ": ").map({ found[$0.lowerBound...] }) else { continue }
      guard reasons.count < 3, told.insert(words).inserted else { continue }
      // The probe's own message says more than "not ready".
      reasons.append(ProbeEvents.concerns(pod) ? probes.last(pod).map { "\(found): \($0)" } ?? found : found)
    }
    return reasons
  }

  package static func reason(_ pod: JSON) -> String? {
    guard let name = pod["metadata"]?["name"]?.string, let status = pod["status"] else { return nil }
    for container in (status["initContainerStatuses"]?.array ?? []) + (status["containerStatuses"]?.array ?? []) {
      guard container["ready"]?.bool != true else { continue }
      if let reason = container["state"]?["waiting"]?["reason"]?.string, reason != "ContainerCreating", reason != "PodInitializing" { return "\(name): \(reason)" }
      if let code = container["state"]?["terminated"]?["exitCode"]?.integer, code != 0 { return "\(name): exited with status \(code)" }
    }
    for condition in status["conditions"]?.array ?? [] where condition["status"]?.string == "False" {
      if condition["type"]?.string == "PodScheduled" { return "\(name): \(condition["message"]?.string ?? "not scheduled")" }
    }
    return status["phase"]?.string == "Running" ? "\(name): not ready" : nil
  }
}
