import CSystem
import Command
import Glibc
import Records

/// Waits until the single pod of a deployment is ready after `kubectl apply`.
/// - Parameter selector: the label its pods have: `app.kubernetes.io/name=draftd`.
/// - Throws: ``RolloutError`` as soon as it is clear that the pod will not start, with the kubelet's reason;
///   ``ClusterError``.
public func waitForPod(
  of deployment: String, namespace: String, selector: String, context name: String, seconds: Int, call: Call
) throws {
  guard let context = try KubeConfig().context(name) else { throw ClusterError.noSuchContext(name: name, files: []) }
  let kubectl = Kubectl(context: context, call: call),
    deadline = csystem_nanoseconds() + UInt64(seconds) * 1_000_000_000
  var since: [String: UInt64] = [:], first: [String: String] = [:], reasons: [String] = []
  repeat {
    let
      json = try kubectl.get(
        "/apis/apps/v1/namespaces/\(namespace)/deployments/\(deployment)", doing: "look at the deployment"),
      status = json["status"]
    let isSeen = (status?["observedGeneration"]?.integer ?? 0) >= (json["metadata"]?["generation"]?.integer ?? 1)
    if isSeen, status?["updatedReplicas"]?.integer == 1, status?["readyReplicas"]?.integer == 1,
      status?["replicas"]?.integer == 1
    {
      return
    }
    // A policy of the cluster refuses the pod.
    if isSeen,
      let failed = status?["conditions"]?.array?.first(where: {
        $0["type"]?.string == "ReplicaFailure" && $0["status"]?.string == "True"
      })
    {
      throw ClusterError.kubectl(
        doing: "create the pod of '\(deployment)'", said: withoutGoValues(failed["message"]?.string ?? ""))
    }
    let path = "/api/v1/namespaces/\(namespace)/pods?labelSelector=\(Kubectl.escaped(selector))"
    let pods = ClusterPod.all(in: try kubectl.get(path, doing: "list the pods"))
    let now = csystem_nanoseconds()
    reasons = pods.compactMap(\.namedReason)
    for pod in pods {
      guard var trouble = PodTrouble(pod) else { continue }
      // The first message about an image says why; later ones only say that it is tried again.
      first[pod.uid] = first[pod.uid] ?? trouble.said
      trouble.said = first[pod.uid]
      since[pod.uid] = since[pod.uid] ?? now
      if Double(now - (since[pod.uid] ?? now)) / 1e9 >= trouble.patience {
        throw RolloutError(trouble, namespace: namespace, context: context, call: call)
      }
    }
    usleep(500_000)
  } while csystem_nanoseconds() < deadline
  throw ClusterError.noPod(app: deployment, seconds: seconds, reasons: reasons)
}
