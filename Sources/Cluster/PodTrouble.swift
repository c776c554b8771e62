import Command
import Records

/// What keeps a container of a pod from starting, in the kubelet's words.
/// Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-states
package struct PodTrouble: Equatable {
  package enum Kind: Equatable {
    /// It keeps exiting; the exit status, and the kubelet's reason if that says more than the status.
    case crashes(code: Int, reason: String?)
    case image(String)
    /// It cannot be created or started.
    case start
  }

  package var kind: Kind
  package var pod: String
  package var container: String
  /// The kubelet's message, if there is one.
  package var said: String?
  /// The kubelet's reason: `CrashLoopBackOff`.
  package var reason: String

  /// The first trouble of a pod; nil if it has none.
  package init?(_ pod: ClusterPod) {
    guard !pod.isEnding else { return nil }
    for container in pod.own {
      guard let waiting = container.waiting else { continue }
      switch waiting.reason {
      case "CrashLoopBackOff": kind = .crashes(code: container.lastEnd?.code ?? 0, reason: container.lastEnd?.reason)
      case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull": kind = .image(container.image)
      case "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError": kind = .start
      default: continue
      }
      self.pod = pod.name
      self.container = container.name
      said = waiting.said
      reason = waiting.reason
      return
    }
    return nil
  }

  /// Seconds to wait before giving up: a registry may be busy, and a ConfigMap may come a moment after the pod.
  package var patience: Double {
    switch kind {
    case .crashes: 0
    case .image: isFinal ? 0 : 30
    case .start: 10
    }
  }

  /// Whether trying again cannot help. Recognised by the words, since there is nothing else.
  private var isFinal: Bool {
    if reason == "InvalidImageName" || reason == "ErrImageNeverPull" { return true }
    let words = (said ?? "").lowercased()
    return [
      "not found", "manifest unknown", "name unknown", "unauthorized", "authentication required",
      "authorization failed", "denied", "forbidden", "no basic auth", "http response to https client"
    ]
    .contains { words.contains($0) }
  }

  /// The last part of a chain of errors, which is the cause: `not found`.
  var shortly: String {
    guard let said else { return reason }
    let last = said.lines.map { String($0).trimmed }.last { !$0.isEmpty } ?? reason
    var from = last.startIndex
    while let next = last[from...].firstRange(of: ": ") { from = next.upperBound }
    let end = String(last[from...]).trimmed
    return end.isEmpty ? reason : end
  }

  /// The last lines a container wrote before it ended, enough to include the error above a stack trace.
  package func log(namespace: String, context: KubeContext) -> [String] {
    for more in [["--previous"], []] {
      let words =
        [
          "logs", "--namespace=\(namespace)", "--context=\(context.name)", "--request-timeout=10s",
          "--container=\(container)", "--tail=60"
        ] + more + ["--", pod]
      guard let result = try? Kubectl.run(words, errors: .discard), result.succeeded else { continue }
      let lines = result.outputText.lines.map(String.init).filter { !$0.trimmed.isEmpty }
      if !lines.isEmpty { return lines }
    }
    return []
  }
}

extension RolloutError {
  /// The error for a trouble; shows the last log lines of the container first.
  package init(
    _ trouble: PodTrouble, namespace: String, context: KubeContext, call: Call, back: @autoclosure () -> Int? = nil
  ) {
    switch trouble.kind {
    case .crashes(let code, let reason):
      let log = trouble.log(namespace: namespace, context: context)
      if !log.isEmpty { call.pass(log.suffix(20).joined(separator: "\n").indented(by: 4)) }
      self = .crashes(
        container: trouble.container, pod: trouble.pod, code: code, reason: reason, log: log, back: back())
    case .image(let image):
      if let said = trouble.said { call.pass(said.indented(by: 4)) }
      self = .image(image, pod: trouble.pod, reason: trouble.shortly, back: back())
    case .start:
      self = .start(
        container: trouble.container, pod: trouble.pod, reason: trouble.reason, said: trouble.shortly, back: back())
    }
  }
}
