import Command
import Records

extension RolloutError: Diagnosis {
  public var exitCode: ExitCode { .unavailable }

  public var message: String {
    switch self {
    case let .crashes(container, pod, code, reason, log, _):
      "container '\(container)' of pod '\(pod)' crashes: it exited with status "
        + "\(code)\(reason.map { " (\($0))" } ?? "")\(errorLine(log).map { ": \($0.trimmed)" } ?? "")"
    case let .image(image, pod, reason, _): "pod '\(pod)' cannot pull the image '\(image)': \(reason)"
    case let .start(container, pod, reason, said, _):
      "container '\(container)' of pod '\(pod)' cannot be started: \(reason)\(said == reason ? "" : ": \(said)")"
    }
  }

  public var hint: String? {
    let back: Int?, advice: String
    switch self {
    case .crashes(_, _, _, "OOMKilled", _, let was):
      (back, advice) = (was, "it needs more memory than its limit in the chart's values")
    case .crashes(_, _, _, _, let log, let was) where isReadOnly(log): (back, advice) = (was, RolloutError.writable)
    case .crashes(_, _, _, _, let log, let was):
      (back, advice) = (was, log.isEmpty ? "it printed nothing" : "its last lines are above")
    case .image(_, _, let reason, let was):
      let isLogin = ["authoriz", "authentic", "denied", "forbidden", "credential"].contains {
        reason.lowercased().contains($0)
      }
      (back, advice) = (
        was,
        isLogin
          ? "log in to the registry with 'docker login', and release again: the pull secret is made from that"
          : "'draft push' uploads it to its registry, which the nodes must be able to reach"
      )
    case let .start(_, pod, _, _, was): (back, advice) = (was, "see 'kubectl describe pod \(pod)'")
    }
    return advice + (back.map { "; revision \($0) was restored" } ?? "")
  }

  /// For programs that fail to write to a read-only root file system; in the charts of the packs.
  package static let writable =
    "its root is read-only: in the chart's values.yaml, set 'readOnlyRootFilesystem: false'"
    + " under securityContext, or have it write to /tmp"
}
