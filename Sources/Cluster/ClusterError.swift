/// Errors of the connection to a cluster. Sentences and exit codes: ClusterError+Diagnosis.swift.
public enum ClusterError: Error, Equatable, Sendable {
  case kubeConfig(path: String, reason: String)
  case noSuchContext(name: String, files: [String])
  /// `server` is nil if the cluster's entry names none; `orPodman`: podman could run the application instead.
  case notLocal(context: String, server: String?, orPodman: Bool)

  case unreachable(server: String, said: String)
  case forbidden(said: String)
  /// The cluster does not accept the user's credentials.
  case notLoggedIn(context: String, said: String)
  /// The kubeconfig's login plugin failed.
  case loginPlugin(LoginPlugin, context: String)
  case namespaceEnding(String)
  /// `mayNotMake`: creating it was refused.
  case noNamespace(String, mayNotMake: Bool)
  case kubectl(doing: String, said: String)
  case noPod(app: String, seconds: Int, reasons: [String])
}
