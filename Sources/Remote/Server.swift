import Cluster
import Command
import Records
import Settings

/// The server in a cluster, as `draft init --server` makes it.
public struct Server: Equatable, Sendable {
  /// Of the deployment, the service account and what belongs to them.
  public static let name = "draftd"
  public static let defaultNamespace = "draft"

  public var namespace: String
  public var image: String
  public var isReady: Bool
  /// Where it pushes to when nothing else is said, and the registries it speaks to without TLS.
  var registry: String?
  var plainHTTP: [String]

  /// The command that puts one into a cluster, but for the image, which everybody has from elsewhere.
  static func install(_ namespace: String, _ context: String?) -> String {
    "draft init --server --image IMAGE" + (namespace == defaultNamespace ? "" : " --server-namespace \(namespace)")
      + (context.map { " --kube-context \($0.shellWord)" } ?? "")
  }

  /// Asks a cluster where its server is; nil when it has none in that namespace.
  /// - Throws: ``RemoteError/unreachable(target:said:status:)`` when nobody answers or the question is forbidden.
  static func find(context: String, namespace: String = defaultNamespace, slow: (() -> Void)? = nil) throws -> Server? {
    let words = ["--context=\(context)", "get", "deployment", name, "-n", namespace, "--ignore-not-found", "--request-timeout=20s", "-o", "json"]
    let result = try Kubectl.run(words, slow: slow)
    guard result.succeeded else {
      let said = whyClusterIsAway(result.errorText) ?? lastLine(result.errorText)
      throw RemoteError.unreachable(target: "kube:\(namespace)", said: said, status: result.status)
    }
    if result.output.isEmpty { return nil }
    let json = try? JSON(parsing: result.output)
    let container = json?["spec"]?["template"]?["spec"]?["containers"]?.array?.first
    func variable(_ name: String) -> String? { container?["env"]?.array?.first { $0["name"]?.string == name }?["value"]?.string }
    return Server(
      namespace: namespace, image: container?["image"]?.string ?? "", isReady: (json?["status"]?["readyReplicas"]?.integer ?? 0) > 0,
      registry: variable("DRAFT_REGISTRY"), plainHTTP: variable("DRAFT_PLAIN_HTTP")?.split(separator: ",").map(String.init) ?? [])
  }
}

/// What the server that the setting `remote` names is like. Of one in a cluster the cluster is asked.
public func lookAtServer(_ settings: Settings, _ target: inout Records.Target) {
  guard let text = settings.remote else { return }
  do {
    guard case let .kube(namespace, context) = try Target(text, settings: settings) else { return }
    guard let server = try Server.find(context: context, namespace: namespace) else { throw RemoteError.isNotThere(namespace: namespace) }
    target.remoteImage = server.image
    target.remoteReady = server.isReady
  } catch { target.remoteTrouble = sentence(error) }
}

/// What a program said last, for a message.
func lastLine(_ text: String) -> String { LoginPlugin(text)?.said ?? withoutGoValues(text).split(whereSeparator: \.isNewline).last.map(String.init) ?? "" }
