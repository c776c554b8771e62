import Cluster
import Command
import Helm
import Records

extension PodmanError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .noRelease, .imageMissing: .noInput
    case .nothingToRun: .badData
    case .exited, .silent, .podman, .podmanSlow, .unended: .unavailable
    }
  }

  public var message: String {
    switch self {
    case .noRelease(let name): "no release '\(name)' in podman on this machine"
    case .nothingToRun(let chart): "chart '\(chart)' has nothing that podman can run"
    case .imageMissing(let reference, _): "no image '\(reference)' on this machine"
    case .exited(let container, let code, let log, _):
      "container '\(container)' \(code.map { "exited with status \($0)" } ?? "ended and was restarted")"
        + (errorLine(log).map { ": \($0.trimmed)" } ?? "")
    case .silent(let container, let port, let seconds, let listens, _, _):
      "container '\(container)' did not answer on port \(port) within \(seconds) s\(listens.map { ": " + $0 } ?? "")"
    case .podman(let doing, let said): "podman cannot \(doing): \(said)"
    case .podmanSlow(let doing, let seconds): "podman cannot \(doing): timed out after \(seconds) s"
    case .unended(let container, let stays, let seconds, let log, _):
      "init container '\(container)' \(stays ? "was not up" : "did not end") within \(seconds) s"
        + (errorLine(log).map { ": \($0.trimmed)" } ?? "")
    }
  }

  public var hint: String? {
    switch self {
    case .noRelease: HelmError.whereToLook
    case .nothingToRun: "podman runs Deployments, StatefulSets, DaemonSets and Pods"
    case .imageMissing(_, let needsBuild):
      needsBuild
        ? "build it: 'draft build'" : "podman cannot read the store the image was built in; push it to a registry"
    case .exited(_, _, let log, let left) where isReadOnly(log),
      .silent(_, _, _, _, let log, let left) where isReadOnly(log):
      RolloutError.writable + (left == .before ? "; the previous revision keeps running" : "")
    case .exited(let container, _, _, let left), .silent(let container, _, _, _, _, let left),
      .unended(let container, _, _, _, let left):
      switch left {
      case .nothing: "'\(container)' was removed; its last lines are above"
      case .before: "the previous revision keeps running"
      case .itself: "it was left as it is; 'draft logs' shows its output"
      }
    case .podman: nil
    case .podmanSlow: "'podman ps' shows whether it answers; another podman may hold a lock"
    }
  }
}
