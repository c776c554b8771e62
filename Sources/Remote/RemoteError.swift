/// What can go wrong between draft-remote and draft-serve. The sentences are in `RemoteError+Diagnosis.swift`.
public enum RemoteError: Error, Equatable, Sendable {
  case noTarget
  case badTarget(String)
  /// The way to the server ended before the server spoke.
  case unreachable(target: String, said: String, status: Int32)
  /// It ended later.
  case lost(target: String, said: String)
  /// The other side says what is no frame.
  case gibberish(String)
  /// A frame that has no place here.
  case violation(String)
  case version(theirs: Int)
  /// What the server gave up for.
  case refused(code: Int, message: String, hint: String?)
  case noChart(directory: String)
  case differs(digest: String)
  case badToken(path: String)
  case notInCluster
  /// The server would do by its own rights what the one who asks may not do.
  case mayNotRelease(namespace: String, resource: String)
  case cannotReview(namespace: String, said: String)
  /// None in a cluster where one is to be used, one that is not ready, and one that is not for us.
  case noServer(namespace: String, context: String)
  case notReady(namespace: String, context: String)
  case mayNotUse(namespace: String)
  case isThere(namespace: String)
  case isNotThere(namespace: String)
  case cannotInstall(doing: String, said: String)
  case stageDied(stage: String, status: Int32)
}
