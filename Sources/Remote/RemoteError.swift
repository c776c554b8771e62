/// Errors between draft-remote and draft-serve. Sentences and exit codes: RemoteError+Diagnosis.swift.
public enum RemoteError: Error, Equatable, Sendable {
  case noTarget
  case badTarget(String)
  /// The connection ended before the server's first frame.
  case unreachable(target: String, said: String, status: Int32)
  /// The connection ended later.
  case lost(target: String, said: String)
  /// The other side sends something that is not a frame.
  case gibberish(String)
  /// A frame that is not allowed at this point.
  case violation(String)
  case version(theirs: Int)
  /// The server's reason for giving up.
  case refused(code: Int, message: String, hint: String?)
  case noChart(directory: String)
  case differs(digest: String)
  case badToken(path: String)
  case notInCluster
  /// The server would use its own rights for something the user may not do.
  case mayNotRelease(namespace: String, resource: String)
  case cannotReview(namespace: String, said: String)
  /// There is no server in the cluster, it is not ready, or the user may not use it.
  case noServer(namespace: String, context: String)
  case notReady(namespace: String, context: String)
  case mayNotUse(namespace: String)
  case isThere(namespace: String)
  case isNotThere(namespace: String)
  case cannotInstall(doing: String, said: String)
  case stageDied(stage: String, status: Int32)
}
