import Cluster
import Command
import Records

/// What helm printed on failure, as an error.
package struct HelmFailure {
  private let words: ClusterFailure

  package init(_ errors: String) { words = ClusterFailure(errors) }

  /// The first meaningful line, without `Error:` and helm's own preamble.
  package var said: String { words.said }

  private func has(_ words: String...) -> Bool { words.contains { self.words.all.contains($0) } }

  /// Whether a hook of the chart has failed: `pre-upgrade hooks failed: …`, `failed pre-install: …`.
  var isOfHook: Bool { has(" hooks failed: ", "failed pre-install: ", "failed post-install: ") }

  /// An error of the connection to the cluster, else what helm says.
  package func clusterError(context: KubeContext, doing: String) -> HelmError {
    let error = words.error(context: context, doing: doing)
    if case .kubectl(let doing, let said) = error { return .helm(doing: doing, said: said) }
    return .cluster(error)
  }

  /// The error of an upgrade. Errors of the chart come before anything is deployed.
  /// - Parameter timeout: the seconds that helm was given.
  package func error(
    app: App, buildID: String, chart: String, timeout: Int, context: KubeContext, doing: String, call: Call
  ) throws -> HelmError {
    if words.isOfPlugin || has("Kubernetes cluster unreachable", "kubernetes cluster unreachable") {
      return clusterError(context: context, doing: doing)
    }
    if has("another operation (install/upgrade/rollback) is in progress") {
      let state = try HelmState.newest(app.name, namespace: app.namespace, context: context, call: call)
      return .pending(
        name: app.name, namespace: app.namespace, status: state?.status ?? "pending", revision: state?.revision ?? 0)
    }
    // Two releases began at the same moment, and the other one wrote its revision first.
    if has("cannot re-use a name that is still in use", "release: already exists")
      || (has("sh.helm.release.v1.") && has("already exists", "the object has been modified"))
    {
      return .overtaken(name: app.name, namespace: app.namespace)
    }
    if let error = chartError(chart) { return error }
    if let error = hookError(app.name, namespace: app.namespace, context: context, call: call) { return error }
    if has("timed out waiting for the condition", "context deadline exceeded", "would exceed context deadline") {
      return .timedOut(
        name: app.name, seconds: timeout, reasons: PodReasons.read(app, buildID: buildID, context: context, call: call))
    }
    if let error = fieldError(chart, namespace: app.namespace) { return error }
    let error = clusterError(context: context, doing: doing)
    guard case .helm = error,
      has(
        "is invalid:", "error validating data", "unable to build kubernetes objects", "no matches for kind",
        "resource mapping not found",
        "unable to recognize", "cannot patch", "invalid ownership metadata", "is immutable", "admission webhook")
    else { return error }
    return .rejected(chart: chart, said: said)
  }

  /// An error about immutable fields; nil for others. Check this before the connection to the cluster: the API calls
  /// some of them forbidden.
  package func fieldError(_ chart: String, namespace: String) -> HelmError? {
    let fields = FixedField.all(in: words.all)
    return fields.isEmpty ? nil : .immutable(chart: chart, fields: fields, namespace: namespace)
  }

  /// An error of the chart itself; nil for others.
  package func chartError(_ chart: String) -> HelmError? {
    guard
      has(
        "Error: template:", "parse error at (", "execution error at (", "YAML parse error on",
        "values don't meet the specifications", "FAILED: template:",
        "cannot load", "error unmarshaling JSON", "chart requires kubeVersion", "Chart.yaml", "failed parsing --set",
        "missing in charts/ directory",
        "error converting YAML to JSON", "is not a gzipped archive", "does not appear to be a gzipped archive",
        "does not appear to be")
    else { return nil }
    return .doesNotRender(chart: chart, said: said)
  }
}
