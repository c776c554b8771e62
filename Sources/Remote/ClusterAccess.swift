import Command
import Glibc
import Records

/// A kubeconfig for the stages of a server that runs in a cluster: with its own service account or the client's token.
///
/// A token is kept in a file that only this user can read, for as long as the process runs; it is in no argument,
/// variable or log.
final class ClusterAccess: Sendable {
  let context = ClusterAccess.name
  private static let name = "in-cluster"
  let environment: [String: String?]
  private static let account = "/var/run/secrets/kubernetes.io/serviceaccount"

  /// nil if the server does not run in a cluster and no token was given.
  init?(token: String?) throws {
    guard let host = environmentVariable("KUBERNETES_SERVICE_HOST"),
      let port = environmentVariable("KUBERNETES_SERVICE_PORT")
    else {
      guard token == nil else { throw RemoteError.notInCluster }
      return nil
    }
    if token == nil, environmentVariable("KUBECONFIG") != nil { return nil }
    if let token, !ClusterAccess.isToken(token) { throw RemoteError.violation("a token with invalid characters") }
    let user: JSON = .members([
      "token": token.map(JSON.string), "tokenFile": token == nil ? .string(ClusterAccess.account + "/token") : nil
    ])
    let name = ClusterAccess.name
    func list(_ key: String, _ value: JSON) -> JSON { .array([.members(["name": .string(name), key: value])]) }
    // JSON is valid YAML.
    let server = host.contains(":") ? "https://[\(host)]:\(port)" : "https://\(host):\(port)"
    let config: JSON = .members([
      "apiVersion": .string("v1"), "kind": .string("Config"), "current-context": .string(name),
      "clusters": list(
        "cluster",
        .members(["server": .string(server), "certificate-authority": .string(ClusterAccess.account + "/ca.crt")])),
      "users": list("user", user),
      "contexts": list("context", .members(["cluster": .string(name), "user": .string(name)]))
    ])
    let directory = try Temporary.directory(), path = directory + "/kubeconfig"
    try Files.write(config.bytes, to: path, mode: 0o600, durable: false)
    environment = ["KUBECONFIG": path, "DRAFT_KUBE_CONTEXT": nil]
  }

  /// Whether it has only characters of a bearer token: https://www.rfc-editor.org/rfc/rfc6750#section-2.1
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 65_536
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-._~+/=".utf8.contains($0)
      }
  }
}
