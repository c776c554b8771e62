import Cluster
import Command
import Records

/// Whether who asks may himself release to a namespace: what a server does by its own account's rights it does for whoever reaches it,
/// and nobody is to get more by it than the cluster gives him.
///
/// The cluster is asked by the one who asks, since a server does not know who has come by `kubectl exec`. Nobody is kept from the
/// account's rights by that who can run programs in the pod; it keeps people from what they did not mean to do. An account without
/// rights, and a token for each, is what holds against everybody: see draft-init(1).
enum AccessReview {
  /// What the charts of applications are made of, helm's own records among them. kubectl sends no more than ten requests at once.
  private static let resources = [("", "secrets"), ("", "configmaps"), ("", "services"), ("", "serviceaccounts"), ("", "persistentvolumeclaims"), ("apps", "deployments"), ("apps", "statefulsets"), ("batch", "jobs")]

  /// The first resource he may not create there; nil when there is none.
  /// - Parameter place: the server that is to do it, for the error of a cluster that is away.
  /// Source: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
  static func forbidden(namespace: String, context: String, place: String) throws -> String? {
    let reviews = resources.map { group, resource -> JSON in
      .members([
        "apiVersion": .string("authorization.k8s.io/v1"), "kind": .string("SelfSubjectAccessReview"),
        "spec": .members(["resourceAttributes": .members(["namespace": .string(namespace), "verb": .string("create"), "group": .string(group), "resource": .string(resource)])]),
      ])
    }
    let list: JSON = .members(["apiVersion": .string("v1"), "kind": .string("List"), "items": .array(reviews)])
    let words = ["--context=\(context)", "create", "--validate=false", "-f", "-", "-o", "jsonpath={.spec.resourceAttributes.resource} {.status.allowed}{\"\\n\"}"]
    let result = try Kubectl.run(words, input: list.bytes)
    if !result.succeeded, let why = whyClusterIsAway(result.errorText) {
      throw RemoteError.unreachable(target: place, said: why, status: result.status)
    }
    guard result.succeeded else { throw RemoteError.cannotReview(namespace: namespace, said: lastLine(result.errorText)) }
    let answers = Dictionary(
      result.outputText.lines.compactMap { line -> (Substring, Bool)? in
        let words = line.split(separator: " ")
        return words.count == 2 ? (words[0], words[1] == "true") : nil
      }, uniquingKeysWith: { $0 && $1 })
    return resources.map(\.1).first { answers[Substring($0)] != true }
  }
}
