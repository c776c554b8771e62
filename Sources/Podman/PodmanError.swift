/// What can go wrong where podman runs the pods of a chart. Sentences and exit codes: PodmanError+Diagnosis.swift.
public enum PodmanError: Error, Equatable, Sendable {
  case noRelease(name: String)
  case nothingToRun(chart: String)
  case imageMissing(reference: String, needsBuild: Bool)
  case exited(container: String, code: Int?, log: [String], left: Left)
  /// `listens`: where it does instead, in words.
  case silent(container: String, port: Int, seconds: Int, listens: String?, log: [String], left: Left)

  /// What runs when the revision asked for has not come up.
  public enum Left: Sendable {
    case nothing
    /// The revision from before.
    case before
    /// Itself: it was there already, and there is none to put back.
    case itself
  }

  case podman(doing: String, said: String)
  case podmanSlow(doing: String, seconds: Int)
  /// An init container that did not come to its end, or to the point where it may stay.
  case unended(container: String, stays: Bool, seconds: Int, log: [String], left: Left)
}
