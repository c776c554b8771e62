import Cluster
import Command
import Records
import Settings

/// The server in a cluster, as `draft init --server` creates it.
public struct Server: Equatable, Sendable {
  /// The name of the deployment, the service account and everything that belongs to them.
  public static let name = "draftd"
  public static let defaultNamespace = "draft"

  public var namespace: String
  public var image: String
  public var isReady: Bool
  /// The default registry it pushes to, and the registries it uses without TLS.
  var registry: String?
  var plainHTTP: [String]

  /// The command that installs a server in a cluster; the user has to fill in the image.
  static func install(_ namespace: String, _ context: String?) -> String {
    "draft init --server --image IMAGE" + (namespace == defaultNamespace ? "" : " --server-namespace \(namespace)")
      + (context.map { " --kube-context \($0.shellWord)" } ?? "")
  }

  /// Looks up the server of a cluster; nil if that namespace has none.
  /// - Throws: ``RemoteError/unreachable(target:said:status:)`` if the cluster does not answer or forbids the query.
  static func find(context: String, namespace: String = defaultNamespace, slow: (() -> Void)? = nil) throws -> Server? {
    let words = [
      "--context=\(context)", "get", "deployment", name, "-n", namespace, "--ignore-not-found", "--request-timeout=20s",
      "-o", "json"
    ]
    let result = try Kubectl.run(words, slow: slow)
    guard result.succeeded else {
      let said = whyClusterIsAway(result.errorText) ?? lastLine(result.errorText)
      throw RemoteError.unreachable(target: "kube:\(namespace)", said: said, status: result.status)
    }
    if result.output.isEmpty { return nil }
    let json = try? JSON(parsing: result.output)
    let container = json?["spec"]?["template"]?["spec"]?["containers"]?.array?.first
    func variable(_ name: String) -> String? {
      container?["env"]?.array?.first { $0["name"]?.string == name }?["value"]?.string
    }
    return Server(
      namespace: namespace, image: container?["image"]?.string ?? "",
      isReady: (json?["status"]?["readyReplicas"]?.integer ?? 0) > 0,
      registry: variable("DRAFT_REGISTRY"),
      plainHTTP: variable("DRAFT_PLAIN_HTTP")?.split(separator: ",").map(String.init) ?? [])
  }
}

/// Describes the server that the setting `remote` names. For one in a cluster, the cluster is asked.
public func lookAtServer(_ settings: Settings, _ target: inout Records.Target) {
  guard let text = settings.remote else { return }
  do {
    guard case let .kube(namespace, context) = try Target(text, settings: settings) else { return }
    guard let server = try Server.find(context: context, namespace: namespace) else {
      throw RemoteError.isNotThere(namespace: namespace)
    }
    target.remoteImage = server.image
    target.remoteReady = server.isReady
  } catch { target.remoteTrouble = sentence(error) }
}

/// The last line of a program's output, for a message.
func lastLine(_ text: String) -> String {
  LoginPlugin(text)?.said ?? withoutGoValues(text).split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
}
