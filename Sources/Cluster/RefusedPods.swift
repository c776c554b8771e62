import Command
import Records

/// Deletes pods whose image pull was refused, so that new ones use the current login: the cluster itself would try
/// again only after minutes.
package func renewRefusedPods(of app: App, context: KubeContext, call: Call) {
  let place = ["--namespace=\(app.namespace)", "--context=\(context.name)", "--request-timeout=20s"]
  guard let result = try? Kubectl.run(
    ["get", "pods", "--selector=draft=\(app.name)", "--output=json"] + place,
    errors: .discard),
    let pods = try? JSON(parsing: result.output)["items"]?.array else { return }
  let names = pods.compactMap { pod -> String? in
    let isOwned = pod["metadata"]?["ownerReferences"]?.array?.isEmpty == false
    guard case .image? = PodTrouble(pod)?.kind, isOwned else { return nil }
    return pod["metadata"]?["name"]?.string
  }
  if names.isEmpty { return }
  call.debug("kubectl delete pods \(names.joined(separator: " ")): they were refused their image")
  let words = ["delete", "pods", "--ignore-not-found", "--wait=false"] + place + ["--"] + names
  _ = try? Kubectl.run(words, output: .discard, errors: .discard)
}
