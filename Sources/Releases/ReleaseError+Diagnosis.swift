import Command
import Records

extension ReleaseError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .noChart, .imageMissing: .noInput
    case .badImage, .doesNotRender, .rejected, .unreadableRelease, .nothingToRun: .badData
    case .badTimeout, .badEngine: .usage
    case .kubeConfig, .noSuchContext, .notLocal: .configuration
    case .pending: .tryAgain
    case .forbidden: .noPermission
    case .unreachable, .timedOut, .helm, .exited, .silent, .portTaken, .podman: .unavailable
    }
  }

  public var message: String {
    switch self {
    case .noChart(let directory): "no chart in '\(directory)'"
    case .badImage(let reference): "'\(reference)' is no image reference"
    case .badTimeout(let text): "option '--timeout' takes a number of seconds, not '\(text)'"
    case .badEngine(let text): "option '--engine' is helm or podman, not '\(text)'"
    case .kubeConfig(let path, let reason): "cannot read '\(path)': \(reason)"
    case .noSuchContext(let name, let files): "no kube context '\(name)' in '\(files.joined(separator: ":"))'"
    case .notLocal(let context, let server): "kube context '\(context)' is not plainly local\(server.map { ": its server is '\($0)'" } ?? "")"
    case .pending(let name, _, let status, let revision): "release '\(name)' is \(status) at revision \(revision)"
    case .unreachable(let server, let said): "cannot reach the cluster at '\(server)': \(said)"
    case .forbidden(let said): "the cluster does not allow it: \(said)"
    case .doesNotRender(let chart, let said): "chart '\(chart)' does not render: \(said)"
    case .rejected(let chart, let said): "the cluster does not take chart '\(chart)': \(said)"
    case .timedOut(let name, let seconds, let reasons):
      "release '\(name)' was not ready after \(seconds) s\(reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))"
    case .helm(let doing, let said): "helm cannot \(doing): \(said)"
    case .unreadableRelease(let name, let reason): "cannot read release '\(name)': \(reason)"
    case .nothingToRun(let chart): "chart '\(chart)' has nothing that podman can run"
    case .imageMissing(let reference, _): "no image '\(reference)' on this machine"
    case .exited(let container, let code, let log, _): "container '\(container)' exited with status \(code)\(log.last.map { ": \($0)" } ?? "")"
    case .silent(let container, let port, let seconds, _): "container '\(container)' did not answer on port \(port) within \(seconds) s"
    case .portTaken(let port): "port \(port) of 127.0.0.1 is taken"
    case .podman(let doing, let said): "podman cannot \(doing): \(said)"
    }
  }

  public var hint: String? {
    switch self {
    case .noChart: "write one with 'draft create'"
    case .badImage: "see 'image' in draft-records(5)"
    case .badTimeout, .badEngine: "see draft-release(1)"
    case .kubeConfig: "correct the file, or set KUBECONFIG to another one"
    case .noSuchContext: "'kubectl config get-contexts' lists them"
    case .notLocal(let context, _):
      "if you mean it, say --kube-context \(context), or write kube-context = \"\(context)\" in draft.toml; --engine podman runs it on this machine"
    case .pending(let name, let namespace, let status, _):
      status == "pending-install"
        ? "another helm is at work on it, or was killed; in that case 'helm uninstall \(name) --namespace \(namespace)' and try again"
        : "another helm is at work on it, or was killed; in that case 'helm rollback \(name) --namespace \(namespace)' and try again"
    case .unreachable: "start the cluster, or choose another with --kube-context; --engine podman needs none"
    case .forbidden: "log in to the cluster as somebody who may, or set another namespace"
    case .doesNotRender: "nothing was deployed; 'helm template' on the chart shows the same"
    case .rejected: "'helm template' on the chart shows what it makes"
    case .timedOut: "'kubectl describe pods' tells more; --timeout SECONDS gives it longer"
    case .helm: "'helm history' tells what became of the release"
    case .unreadableRelease: "'helm status' shows the release"
    case .nothingToRun: "podman runs Deployments, StatefulSets, DaemonSets and Pods"
    case .imageMissing(_, let needsBuild): needsBuild ? "build it: 'draft build'" : "the store the image was built in cannot be read by podman; push it to a registry"
    case .exited(let container, _, _, let kept), .silent(let container, _, _, let kept):
      kept ? "the revision before runs on" : "'\(container)' was removed; its last words are above"
    case .portTaken: "end what holds it, or take its line out of override-ports"
    case .podman: nil
    }
  }
}
