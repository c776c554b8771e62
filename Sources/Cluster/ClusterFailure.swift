import Command

/// What kubectl or helm printed on failure, as an error.
///
/// Both report everything as prose on standard error, so errors are recognised by their words; others are passed on as
/// they are.
package struct ClusterFailure {
  /// The first meaningful line, without `Error:` and helm's own preamble.
  package let said: String
  /// The whole text, without Go's values.
  package let all: String
  private let plugin: LoginPlugin?

  package init(_ errors: String) {
    let errors = withoutGoValues(errors)
    all = errors
    plugin = LoginPlugin(errors)
    let lines = errors.lines.map { String($0).trimmed }
    var line =
      lines.first { $0.hasPrefix("Error:") || $0.hasPrefix("error:") } ?? lines.last {
        !$0.isEmpty && !ClusterFailure.isNoise($0)
      } ?? "no reason given"
    for prefix in ["Error:", "error:", "UPGRADE FAILED:", "INSTALLATION FAILED:", "Error from server (Forbidden):"]
    where line.hasPrefix(prefix) {
      line = String(line.dropFirst(prefix.count)).trimmed
    }
    // Several errors come as a list below a first line that ends in a colon.
    if line.hasSuffix(":"), let index = lines.firstIndex(where: { $0.hasSuffix(line) }), index + 1 < lines.count {
      line += " " + lines[index + 1]
    }
    // The API quotes whole objects; what is wrong with them is at both ends.
    said = line.count > 700 ? line.prefix(300) + " … " + line.suffix(300) : line
  }

  /// Lines of klog (`W1121 01:02:03.456789 1 file.go:12] …`), warnings about the kubeconfig's mode, and helm 4's log.
  package static func isNoise(_ line: String) -> Bool {
    line.hasPrefix("WARNING:") || line.hasPrefix("level=") || line.hasPrefix("time=")
      || (line.utf8.count > 6 && "IWE".contains(line.prefix(1)) && line.dropFirst().prefix(4).allSatisfy(\.isNumber))
  }

  private func has(_ words: String...) -> Bool { words.contains { all.contains($0) } }

  package var isForbidden: Bool { has("forbidden", "Forbidden") }

  /// Whether a login plugin of the kubeconfig failed.
  package var isOfPlugin: Bool { plugin != nil }

  /// An error of the connection to the cluster, else what kubectl says.
  package func error(context: KubeContext, doing: String) -> ClusterError {
    if let plugin { return .loginPlugin(plugin, context: context.name) }
    // Check this before the cluster's unreachability: helm calls a cluster that refuses the login unreachable too.
    if isLogin {
      return .notLoggedIn(context: context.name, said: said)
    }
    if has("because it is being terminated"), let name = quoted(after: "in namespace ") {
      return .namespaceEnding(name)
    }
    if isUnreachable { return .unreachable(server: context.server ?? context.name, said: reason) }
    if isForbidden { return .forbidden(said: said) }
    if let name = quoted(after: "namespaces ", then: " not found") { return .noNamespace(name, mayNotMake: false) }
    return .kubectl(doing: doing, said: said)
  }

  fileprivate var isLogin: Bool {
    plugin != nil
      || has(
        "Unauthorized", "must be logged in", "asked for the client to provide credentials", "getting credentials:",
        "token has expired", "invalid_grant")
  }

  fileprivate var isUnreachable: Bool {
    has(
      "Kubernetes cluster unreachable", "kubernetes cluster unreachable", "Unable to connect to the server",
      "connection refused", "was refused", "no such host", "i/o timeout",
      "TLS handshake timeout", "net/http: request canceled", "no route to host",
      "certificate signed by unknown authority", "x509:",
      "Client.Timeout exceeded", "network is unreachable", "ServiceUnavailable", "EOF",
      "connection reset by peer", "http2: ", "is currently unable to handle the request", "apiserver not ready",
      "etcdserver: ", "connection lost")
  }

  /// The quoted text, or the word, between the two.
  private func quoted(after start: String, then end: String = "") -> String? {
    guard let from = all.firstRange(of: start)?.upperBound else { return nil }
    var rest = all[from...]
    let isQuoted = rest.hasPrefix("\"")
    if isQuoted { rest = rest.dropFirst() }
    let name = rest.prefix { $0 != "\"" && !$0.isWhitespace && $0 != "," }
    let after = rest.dropFirst(name.count + (isQuoted ? 1 : 0))
    return !name.isEmpty && after.hasPrefix(end) ? String(name) : nil
  }

  /// The end of Go's chain of errors: `connection refused`.
  fileprivate var reason: String {
    if said.contains("connection refused") || said.contains("was refused") { return "connection refused" }
    if let http = said.firstRange(of: "net/http: ") { return String(said[http.upperBound...]) }
    if let dial = said.firstRange(of: "dial tcp ") { return String(said[dial.lowerBound...]) }
    return said
  }
}

/// Why the cluster cannot be reached, from kubectl's words; nil if they are about something else.
public func whyClusterIsAway(_ said: String) -> String? {
  let failure = ClusterFailure(said)
  return !failure.isLogin && failure.isUnreachable ? failure.reason : nil
}
