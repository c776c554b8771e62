import Cluster
import Command
import Records

extension HelmError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .cluster(let error): error.exitCode
    case .noRelease, .noRevision: .noInput
    case .doesNotRender, .rejected, .immutable, .unreadableRelease, .unreadableObject, .subchartsLost, .badChartPath:
      .badData
    case .badDriver: .configuration
    case .pending, .overtaken: .tryAgain
    case .timedOut, .hook, .helm: .unavailable
    }
  }

  public var message: String {
    switch self {
    case .cluster(let error): error.message
    case .helm(let doing, let said): "helm cannot \(doing): \(said)"
    case .pending(let name, _, let status, let revision): "release '\(name)' is \(status) at revision \(revision)"
    case .overtaken(let name, _): "another release of '\(name)' is being made at the same time"
    case .doesNotRender(let chart, let said): "chart '\(chart)' does not render: \(said)"
    case .rejected(let chart, let said): "the cluster rejects chart '\(chart)': \(said)"
    case .immutable(let chart, let fields, _):
      "the cluster rejects chart '\(chart)': "
        + "\(fields.map { "field '\($0.field)' of \($0.kind) '\($0.name)' is immutable" }.joined(separator: ", "))"
    case .hook(let name, _, let code, let reason, let log, let said):
      "hook '\(name)' failed: "
        + "\(code.map { "it exited with status \($0)\(reason.map { " (\($0))" } ?? "")" } ?? said)"
        + "\(log.last.map { ": \($0.trimmed)" } ?? "")"
    case .timedOut(let name, let seconds, let reasons):
      "release '\(name)' was not ready after \(seconds) "
        + "s\(reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))"
    case .noRelease(let name, let place): "no release '\(name)' in \(place)"
    case .unreadableRelease(let name, let reason): "cannot read release '\(name)': \(reason)"
    case .unreadableObject(let kind, let name, let namespace, let reason):
      "cannot read \(kind) '\(name)' in namespace '\(namespace)': \(reason)"
    case .badDriver(let name): "HELM_DRIVER is '\(name)', but releases are read only from Secrets and ConfigMaps"
    case .noRevision(let name, let revision, let known):
      "release '\(name)' has no revision "
        + "\(revision)\(known.isEmpty ? "" : ", only \(known.map(String.init).joined(separator: ", "))")"
    case .subchartsLost(let name): "release '\(name)' has subcharts, which helm does not store"
    case .badChartPath(let name, let path):
      "the chart of release '\(name)' has a file '\(path)', which is outside of it"
    }
  }

  public var hint: String? {
    switch self {
    case .cluster(let error): error.hint
    case .helm: "'helm history' shows the state of the release"
    case .pending(_, let namespace, _, _):
      "another helm is working on it, or was killed; in that case 'draft doctor --namespace \(namespace)' says how to "
        + "restore what ran last"
    case .overtaken(let name, let namespace):
      "try again when that is done; 'helm history \(name) --namespace \(namespace)' shows it"
    case .doesNotRender: "nothing was deployed; 'draft render' on the chart shows the same"
    case .rejected: "'helm template' on the chart shows its objects"
    case .immutable(_, let fields, let namespace): FixedField.hint(fields, namespace: namespace)
    case .hook(let name, let namespace, _, _, let log, _):
      log.isEmpty
        ? "see 'kubectl describe \(name.lowercased()) --namespace \(namespace)'"
        : "its last lines are above; nothing after it was done"
    case .timedOut: "see 'kubectl describe pods'; --timeout SECONDS gives it longer"
    case .noRelease: HelmError.whereToLook
    case .unreadableRelease: "'helm status' shows the release"
    case .unreadableObject(let kind, let name, let namespace, _):
      "'kubectl get \(kind.lowercased()) \(name) --namespace \(namespace)' shows it; helm cannot use it either"
    case .badDriver: "'helm list' shows the releases"
    case .noRevision(let name, _, _): "'draft history \(name)' lists them"
    case .subchartsLost: "--chart DIRECTORY or --chart REFERENCE says where the chart is"
    case .badChartPath: "the release was tampered with"
    }
  }

  /// For a release that does not exist, with any engine.
  package static let whereToLook =
    "'draft list --all-namespaces' lists releases; --namespace, --kube-context and --engine say where to look"
}
