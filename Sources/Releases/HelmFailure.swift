import Command
import Records

/// What helm or kubectl said when it failed, made into what happened.
///
/// Both tell everything in prose on standard error, so this is by the words; what is not recognised is told as it is.
struct HelmFailure {
  /// The first line that says something, without `Error:` and helm's own preamble.
  let said: String
  private let all: String

  init(_ errors: String) {
    all = errors
    let lines = errors.split(separator: "\n").map { String($0).trimmed }
    var line = lines.first { $0.hasPrefix("Error:") || $0.hasPrefix("error:") } ?? lines.last { !$0.isEmpty && !HelmFailure.isNoise($0) } ?? "it did not say why"
    for prefix in ["Error:", "error:", "UPGRADE FAILED:", "INSTALLATION FAILED:", "Error from server (Forbidden):"] where line.hasPrefix(prefix) {
      line = String(line.dropFirst(prefix.count)).trimmed
    }
    // Several errors come as a list under a first line that ends in a colon.
    if line.hasSuffix(":"), let index = lines.firstIndex(where: { $0.hasSuffix(line) }), index + 1 < lines.count { line += " " + lines[index + 1] }
    said = line
  }

  /// klog's lines: `W1121 01:02:03.456789 1 file.go:12] …`, and the warnings about the kubeconfig's mode.
  private static func isNoise(_ line: String) -> Bool {
    line.hasPrefix("WARNING:") || (line.utf8.count > 6 && "IWE".contains(line.prefix(1)) && line.dropFirst().prefix(4).allSatisfy(\.isNumber))
  }

  private func has(_ words: String...) -> Bool { words.contains { all.contains($0) } }

  /// Errors of the way to the cluster.
  func clusterError(context: KubeContext, doing: String) -> ReleaseError {
    if has(
      "Kubernetes cluster unreachable", "Unable to connect to the server", "connection refused", "was refused", "no such host", "i/o timeout",
      "TLS handshake timeout", "net/http: request canceled", "no route to host", "certificate signed by unknown authority", "x509:",
      "Client.Timeout exceeded", "network is unreachable", "ServiceUnavailable", "EOF")
    {
      return .unreachable(server: context.server ?? context.name, said: reason)
    }
    if has("forbidden", "Forbidden", "Unauthorized", "must be logged in", "the server has asked for the client to provide credentials") { return .forbidden(said: said) }
    return .helm(doing: doing, said: said)
  }

  /// The end of Go's chain of reasons: `connection refused`.
  private var reason: String {
    if said.contains("connection refused") || said.contains("was refused") { return "connection refused" }
    if let dial = said.firstRange(of: "dial tcp ") { return String(said[dial.lowerBound...]) }
    return said
  }

  /// Errors of an upgrade. Those of the chart come before anything is deployed.
  func error(order: Order, context: KubeContext, doing: String) throws -> ReleaseError {
    if has("Kubernetes cluster unreachable") { return clusterError(context: context, doing: doing) }
    if has("another operation (install/upgrade/rollback) is in progress") {
      let state = try HelmState.newest(order.app.name, namespace: order.app.namespace, context: context, call: order.call)
      return .pending(name: order.app.name, namespace: order.app.namespace, status: state?.status ?? "pending", revision: state?.revision ?? 0)
    }
    if let error = chartError(order.chart.name) { return error }
    if has("timed out waiting for the condition", "context deadline exceeded", "would exceed context deadline") {
      return .timedOut(name: order.app.name, seconds: order.timeout, reasons: PodReasons.read(order.app, buildID: order.image.tag, context: context, call: order.call))
    }
    let error = clusterError(context: context, doing: doing)
    guard case .helm = error, has("is invalid:", "error validating data", "unable to build kubernetes objects", "no matches for kind", "resource mapping not found",
      "unable to recognize", "cannot patch", "invalid ownership metadata", "is immutable", "admission webhook") else { return error }
    return .rejected(chart: order.chart.name, said: said)
  }

  /// An error of the chart itself; nil when it is none.
  func chartError(_ chart: String) -> ReleaseError? {
    guard has(
      "Error: template:", "parse error at (", "execution error at (", "YAML parse error on", "values don't meet the specifications", "FAILED: template:",
      "cannot load", "error unmarshaling JSON", "chart requires kubeVersion", "Chart.yaml", "failed parsing --set", "missing in charts/ directory",
      "error converting YAML to JSON", "is not a gzipped archive", "does not appear to be a gzipped archive", "does not appear to be")
    else { return nil }
    return .doesNotRender(chart: chart, said: said)
  }
}
