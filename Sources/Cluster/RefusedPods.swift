import Command
import Records

/// Deletes pods whose image pull was refused, so that new ones use the current login: the cluster itself would try
/// again only after minutes.
package func renewRefusedPods(of app: App, context: KubeContext, call: Call) {
  let place = ["--namespace=\(app.namespace)", "--context=\(context.name)", "--request-timeout=20s"]
  guard
    let result = try? Kubectl.run(
      ["get", "pods", "--selector=draft=\(app.name)", "--output=json"] + place,
      errors: .discard),
    let list = try? JSON(parsing: result.output)
  else { return }
  let names = ClusterPod.all(in: list).compactMap { pod -> String? in
    guard case .image? = PodTrouble(pod)?.kind, pod.isOwned else { return nil }
    return pod.name
  }
  if names.isEmpty { return }
  call.debug("kubectl delete pods \(names.joined(separator: " ")): they were refused their image")
  let words = ["delete", "pods", "--ignore-not-found", "--wait=false"] + place + ["--"] + names
  _ = try? Kubectl.run(words, output: .discard, errors: .discard)
}
