/// Errors of running a chart's pods with podman. Sentences and exit codes: PodmanError+Diagnosis.swift.
public enum PodmanError: Error, Equatable, Sendable {
  case noRelease(name: String)
  case nothingToRun(chart: String)
  case imageMissing(reference: String, needsBuild: Bool)
  case exited(container: String, code: Int?, log: [String], left: Left)
  /// `listens`: where it listens instead, in words.
  case silent(container: String, port: Int, seconds: Int, listens: String?, log: [String], left: Left)

  /// What runs after the new revision has failed to start.
  public enum Left: Sendable {
    case nothing
    /// The previous revision.
    case before
    /// The failed revision itself: it existed before, and there is none to restore.
    case itself
  }

  case podman(doing: String, said: String)
  case podmanSlow(doing: String, seconds: Int)
  /// An init container that did not end, or a sidecar whose startup probe did not succeed.
  case unended(container: String, stays: Bool, seconds: Int, log: [String], left: Left)
}
