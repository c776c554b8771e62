/// What can go wrong on the way from a chart to a running application. Sentences and exit codes: ReleaseError+Diagnosis.swift.
public enum ReleaseError: Error, Equatable, Sendable {
  case noChart(directory: String)
  /// An image name that no runtime would take; it must not reach a template either.
  case badImage(reference: String)
  case badTimeout(String)
  case badEngine(String)

  case kubeConfig(path: String, reason: String)
  case noSuchContext(name: String, files: [String])
  /// `server` is nil when the cluster's entry names none; `orPodman`: it would do instead.
  case notLocal(context: String, server: String?, orPodman: Bool)

  /// `there`: what is not to be replaced unasked.
  case notByDraft(name: String, there: Standing)
  case otherChart(name: String, chart: String, there: Standing)
  /// The setting `exclusive` has it refused.
  case somebodyElses(name: String, there: Standing)

  /// The cluster is not on this machine, and no registry is set.
  case noSharedStore(context: String)

  case pending(name: String, namespace: String, status: String, revision: Int)
  case unreachable(server: String, said: String)
  case forbidden(said: String)
  /// The cluster does not know who asks.
  case notLoggedIn(context: String, said: String)
  /// What was to log in did not.
  case loginPlugin(LoginPlugin, context: String)
  case namespaceEnding(String)
  /// `mayNotMake`: we have tried.
  case noNamespace(String, mayNotMake: Bool)
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
  case helm(doing: String, said: String)
  case unreadableRelease(name: String, reason: String)
  /// A Secret or ConfigMap of helm's that holds no release.
  case unreadableObject(kind: String, name: String, namespace: String, reason: String)
  case badDriver(String)
  case badName(String)
  case noRevision(name: String, revision: Int, known: [Int])
  case kubectl(doing: String, said: String)
  /// Charts within the chart, of which helm keeps nothing but their names.
  case subchartsLost(name: String)
  case badChartPath(name: String, path: String)
  /// The engine keeps no charts and no earlier revisions.
  case notKept(name: String, engine: String)

  /// `place`: the namespace and where that is.
  case noRelease(name: String, place: String)
  case noContainer(name: String, app: String)
  case noPrevious(app: String)
  /// No container declares a port.
  case noPorts(app: String)
  case forwardFailed(app: String, said: String)
  case noPod(app: String, seconds: Int, reasons: [String])

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

  case portTaken(port: Int)
  case podman(doing: String, said: String)
  case podmanSlow(doing: String, seconds: Int)
  /// An init container that did not come to its end, or to the point where it may stay.
  case unended(container: String, stays: Bool, seconds: Int, log: [String], left: Left)
}
