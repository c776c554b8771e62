import Cluster
import Command
import Records

/// Whether the client's user may release to a namespace. The server acts with its own account's rights for everyone who
/// can reach it, and should not give them more than the cluster does.
///
/// The client asks the cluster, since a server does not know who uses `kubectl exec`. This does not stop anyone who can
/// run programs in the pod from using the account's rights; it prevents mistakes. For real protection, use an account
/// without rights and a token for each user: see draft-init(1).
enum AccessReview {
  /// What charts of applications consist of, including helm's own records. kubectl sends at most ten requests at once.
  private static let resources = [
    ("", "secrets"), ("", "configmaps"), ("", "services"), ("", "serviceaccounts"), ("", "persistentvolumeclaims"),
    ("apps", "deployments"), ("apps", "statefulsets"), ("batch", "jobs")
  ]

  /// The first resource that the user may not create there; nil if there is none.
  /// - Parameter place: the server that is to release, for the error of an unreachable cluster.
  /// Source: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
  static func forbidden(namespace: String, context: String, place: String) throws -> String? {
    let reviews = resources.map { group, resource -> JSON in
      .members([
        "apiVersion": .string("authorization.k8s.io/v1"), "kind": .string("SelfSubjectAccessReview"),
        "spec": .members([
          "resourceAttributes": .members([
            "namespace": .string(namespace), "verb": .string("create"), "group": .string(group),
            "resource": .string(resource)
          ])
        ])
      ])
    }
    let list: JSON = .members(["apiVersion": .string("v1"), "kind": .string("List"), "items": .array(reviews)])
    let words = [
      "--context=\(context)", "create", "--validate=false", "-f", "-", "-o",
      "jsonpath={.spec.resourceAttributes.resource} {.status.allowed}{\"\\n\"}"
    ]
    let result = try Kubectl.run(words, input: list.bytes)
    if !result.succeeded, let why = whyClusterIsAway(result.errorText) {
      throw RemoteError.unreachable(target: place, said: why, status: result.status)
    }
    guard result.succeeded else {
      throw RemoteError.cannotReview(namespace: namespace, said: lastLine(result.errorText))
    }
    let answers = Dictionary(
      result.outputText.lines.compactMap { line -> (Substring, Bool)? in
        let words = line.split(separator: " ")
        return words.count == 2 ? (words[0], words[1] == "true") : nil
      }, uniquingKeysWith: { $0 && $1 })
    return resources.map(\.1).first { answers[Substring($0)] != true }
  }
}
