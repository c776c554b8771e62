/// What can go wrong on the way from a chart to a running application. Sentences and exit codes: ReleaseError+Diagnosis.swift.
public enum ReleaseError: Error, Equatable, Sendable {
  case noChart(directory: String)
  /// An image name that no runtime would take; it must not reach a template either.
  case badImage(reference: String)
  case badTimeout(String)
  case badEngine(String)

  case kubeConfig(path: String, reason: String)
  case noSuchContext(name: String, files: [String])
  /// `server` is nil when the cluster's entry names none.
  case notLocal(context: String, server: String?)

  case pending(name: String, namespace: String, status: String, revision: Int)
  case unreachable(server: String, said: String)
  case forbidden(said: String)
  case doesNotRender(chart: String, said: String)
  /// The cluster does not take an object of the chart.
  case rejected(chart: String, said: String)
  /// `reasons`: what each pod that is not ready waits for.
  case timedOut(name: String, seconds: Int, reasons: [String])
  case helm(doing: String, said: String)
  case unreadableRelease(name: String, reason: String)

  case nothingToRun(chart: String)
  case imageMissing(reference: String, needsBuild: Bool)
  /// `kept`: the revision from before runs on.
  case exited(container: String, code: Int, log: [String], kept: Bool)
  case silent(container: String, port: Int, seconds: Int, kept: Bool)
  case portTaken(port: Int)
  case podman(doing: String, said: String)
}
