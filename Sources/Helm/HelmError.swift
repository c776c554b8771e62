import Cluster

/// Errors of helm and of the releases it stores. Sentences and exit codes: HelmError+Diagnosis.swift.
public enum HelmError: Error, Equatable, Sendable {
  /// helm's connection to the cluster failed.
  case cluster(ClusterError)
  case helm(doing: String, said: String)
  case pending(name: String, namespace: String, status: String, revision: Int)
  /// Another release was made at the same moment.
  case overtaken(name: String, namespace: String)
  case doesNotRender(chart: String, said: String)
  /// The cluster rejects an object of the chart.
  case rejected(chart: String, said: String)
  /// The chart changes immutable fields.
  case immutable(chart: String, fields: [FixedField], namespace: String)
  /// `code` and `reason`: how the container of its pod ended, if known; `said`: helm's own words.
  case hook(String, namespace: String, code: Int?, reason: String?, log: [String], said: String)
  /// `reasons`: what each pod that is not ready waits for.
  case timedOut(name: String, seconds: Int, reasons: [String])

  /// `place`: the namespace and its cluster.
  case noRelease(name: String, place: String)
  case unreadableRelease(name: String, reason: String)
  /// A Secret or ConfigMap of helm's that does not hold a release.
  case unreadableObject(kind: String, name: String, namespace: String, reason: String)
  case badDriver(String)
  case noRevision(name: String, revision: Int, known: [Int])
  /// Subcharts, of which helm stores only the names.
  case subchartsLost(name: String)
  case badChartPath(name: String, path: String)
}

/// Whether the error is that the cluster cannot be reached.
package func isUnreachable(_ error: any Error) -> Bool {
  switch error {
  case ClusterError.unreachable, HelmError.cluster(.unreachable): true
  default: false
  }
}
