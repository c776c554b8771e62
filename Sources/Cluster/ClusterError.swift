/// What can go wrong between us and a cluster. Sentences and exit codes: ClusterError+Diagnosis.swift.
public enum ClusterError: Error, Equatable, Sendable {
  case kubeConfig(path: String, reason: String)
  case noSuchContext(name: String, files: [String])
  /// `server` is nil when the cluster's entry names none; `orPodman`: it would do instead.
  case notLocal(context: String, server: String?, orPodman: Bool)

  case unreachable(server: String, said: String)
  case forbidden(said: String)
  /// The cluster does not know who asks.
  case notLoggedIn(context: String, said: String)
  /// What was to log in did not.
  case loginPlugin(LoginPlugin, context: String)
  case namespaceEnding(String)
  /// `mayNotMake`: we have tried.
  case noNamespace(String, mayNotMake: Bool)
  case kubectl(doing: String, said: String)
  case noPod(app: String, seconds: Int, reasons: [String])
}
