import Command
import Records

/// Why the pods of an application are not ready: `web-5d9c: ImagePullBackOff`. For an error message, so it never fails.
package enum PodReasons {
  /// One pod for each reason, of the new build only.
  package static func read(_ app: App, buildID: String, context: KubeContext, call: Call) -> [String] {
    guard Kubectl.isThere,
      let result = try? Kubectl.run(
        [
          "get", "pods", "--namespace=\(app.namespace)", "--context=\(context.name)", "--request-timeout=10s",
          "--selector=draft=\(app.name)", "--output=json"
        ],
        errors: .discard),
      result.succeeded, let list = try? JSON(parsing: result.output)
    else { return [] }
    var reasons: [String] = [], told: Set<String> = []
    let probes = ProbeEvents(kubectl: Kubectl(context: context, call: call), namespace: app.namespace)
    for pod in ClusterPod.all(in: list) where [nil, buildID].contains(pod.buildID) {
      guard reasons.count < 3, let reason = pod.reason, told.insert(reason).inserted else { continue }
      // The probe's own message says more than "not ready".
      let said = pod.isProbed ? probes.last(pod).map { ": \($0)" } ?? "" : ""
      reasons.append("\(pod.name): \(reason)\(said)")
    }
    return reasons
  }
}
