/// What can go wrong with an order and with whose release it would replace; what cluster, helm and podman say has errors of its own.
/// Sentences and exit codes: ReleaseError+Diagnosis.swift.
public enum ReleaseError: Error, Equatable, Sendable {
  case noChart(directory: String)
  /// An image name that no runtime would take; it must not reach a template either.
  case badImage(reference: String)
  case badTimeout(String)
  case badEngine(String)
  case badName(String)

  /// `there`: what is not to be replaced unasked.
  case notByDraft(name: String, there: Standing)
  case otherChart(name: String, chart: String, there: Standing)
  /// The setting `exclusive` has it refused.
  case somebodyElses(name: String, there: Standing)

  /// The cluster is not on this machine, and no registry is set.
  case noSharedStore(context: String)
  /// The engine keeps no charts and no earlier revisions.
  case notKept(name: String, engine: String)
}
