import Records

/// Errors of an order, and of replacing a release that is not ours; errors of cluster, helm and podman are separate.
/// Sentences and exit codes: ReleaseError+Diagnosis.swift.
public enum ReleaseError: Error, Equatable, Sendable {
  case noChart(directory: String)
  /// An image name that no runtime accepts; it must not reach a template either.
  case badImage(reference: String)
  case badTimeout(String)
  case badEngine(String)
  case badName(String)

  /// Of a line whose environment declares all the values.
  case needsCluster(name: String)
  case noSet(name: String, set: String)
  /// `valueFrom` is not a mapping with one kind.
  case badReference(key: String, source: String)
  /// There is no `draft-value-KIND` on PATH.
  case noResolver(key: String, source: String, kind: String)
  case strangersResolver(path: String)
  case notResolved(key: String, source: String, program: String, said: String, code: ExitCode)
  case fileGone(path: String)
  case fileDiffers(path: String)

  /// `there`: the release that may not be replaced without permission.
  case notByDraft(name: String, there: Standing)
  case otherChart(name: String, chart: String, there: Standing)
  /// Refused because of the setting `exclusive`.
  case somebodyElses(name: String, there: Standing)

  /// The name of a new release is taken.
  case nameTaken(name: String, there: Standing?)
  /// The directory or archive that the chart came from is on another machine, or is gone, or another chart.
  case elsewhere(name: String, directory: String, host: String)
  case chartGone(name: String, directory: String)
  case chartDiffers(name: String, reference: String, released: String, found: String)
  case otherName(name: String, chart: String, found: String)
  /// A file with the values of several releases has none of this one.
  case noDocument(file: String, release: String)
  /// A values file does not name its chart.
  case namesNoChart(file: String)

  /// The cluster is not on this machine, and no registry is set.
  case noSharedStore(context: String)
  /// The engine stores no charts and no earlier revisions. `what`: what was asked for.
  case notKept(name: String, engine: String, what: String = "chart")
  /// podman runs no tests of a chart.
  case noTests(name: String)
}
