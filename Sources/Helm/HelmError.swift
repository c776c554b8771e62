import Cluster

/// What can go wrong with helm and with what it keeps. Sentences and exit codes: HelmError+Diagnosis.swift.
public enum HelmError: Error, Equatable, Sendable {
  /// helm met it on its way to the cluster.
  case cluster(ClusterError)
  case helm(doing: String, said: String)
  case pending(name: String, namespace: String, status: String, revision: Int)
  /// Somebody else released at the same moment.
  case overtaken(name: String, namespace: String)
  case doesNotRender(chart: String, said: String)
  /// The cluster does not take an object of the chart.
  case rejected(chart: String, said: String)
  /// Fields of objects that stay as they were made.
  case immutable(chart: String, fields: [FixedField], namespace: String)
  /// `code` and `reason`: how the container of its pod ended, where that is known; `said`: helm's own words.
  case hook(String, namespace: String, code: Int?, reason: String?, log: [String], said: String)
  /// `reasons`: what each pod that is not ready waits for.
  case timedOut(name: String, seconds: Int, reasons: [String])

  /// `place`: the namespace and where that is.
  case noRelease(name: String, place: String)
  case unreadableRelease(name: String, reason: String)
  /// A Secret or ConfigMap of helm's that holds no release.
  case unreadableObject(kind: String, name: String, namespace: String, reason: String)
  case badDriver(String)
  case noRevision(name: String, revision: Int, known: [Int])
  /// Charts within the chart, of which helm keeps nothing but their names.
  case subchartsLost(name: String)
  case badChartPath(name: String, path: String)
}

/// Whether nobody answers at the cluster's address, whoever asked.
package func isUnreachable(_ error: any Error) -> Bool {
  switch error {
  case ClusterError.unreachable, HelmError.cluster(.unreachable): true
  default: false
  }
}
