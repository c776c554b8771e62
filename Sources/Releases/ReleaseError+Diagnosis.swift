import Command
import Records

extension ReleaseError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .noChart, .imageMissing, .noRelease, .noRevision, .notKept, .noContainer, .noPrevious, .noPorts: .noInput
    case .badImage, .doesNotRender, .rejected, .immutable, .unreadableRelease, .unreadableObject, .subchartsLost, .badChartPath, .nothingToRun: .badData
    case .badTimeout, .badEngine, .badName: .usage
    case .kubeConfig, .noSuchContext, .notLocal, .noSharedStore, .badDriver: .configuration
    case .pending, .overtaken, .namespaceEnding: .tryAgain
    case .forbidden, .notLoggedIn, .noNamespace, .notByDraft, .otherChart, .somebodyElses: .noPermission
    case .loginPlugin(let plugin, _): plugin.isMissing ? .unavailable : .noPermission
    case .unreachable, .timedOut, .hook, .helm, .kubectl, .exited, .silent, .portTaken, .podman, .podmanSlow, .unended, .forwardFailed, .noPod: .unavailable
    }
  }

  public var message: String {
    switch self {
    case .noChart(let directory): "no chart in '\(directory)'"
    case .badImage(let reference): "'\(reference)' is no image reference"
    case .badTimeout(let text): "option '--timeout' takes a number of seconds, not '\(text)'"
    case .badEngine(let text): "an engine is helm or podman, not '\(text)'"
    case .kubeConfig(let path, let reason): "cannot read '\(path)': \(reason)"
    case .noSuchContext(let name, let files): "no kube context '\(name)' in '\(files.joined(separator: ":"))'"
    case .notLocal(let context, let server, _): "kube context '\(context)' is not plainly local\(server.map { ": its server is '\($0)'" } ?? "")"
    case .notByDraft(let name, let there): "release '\(name)' was not made by draft: \(there.words)"
    case .otherChart(let name, let chart, let there):
      "release '\(name)' is not of chart '\(chart)': \(there.words)\(there.by.map { ", by \($0)" } ?? "")"
    case .somebodyElses(let name, let there): "release '\(name)' was made by \(there.by ?? "somebody else"): \(there.words)"
    case .noSharedStore(let context): "the cluster of kube context '\(context)' cannot see the images of this machine, and no registry is set"
    case .pending(let name, _, let status, let revision): "release '\(name)' is \(status) at revision \(revision)"
    case .unreachable(let server, let said): "cannot reach the cluster at '\(server)': \(said)"
    case .forbidden(let said): "the cluster does not allow it: \(said)"
    case .notLoggedIn(let context, let said): "the cluster of context '\(context)' does not accept the login: \(said)"
    case .loginPlugin(let plugin, let context): "cannot log in to the cluster of context '\(context)': \(plugin.said)"
    case .namespaceEnding(let name): "namespace '\(name)' is being deleted"
    case .noNamespace(let name, let mayNotMake): "there is no namespace '\(name)'\(mayNotMake ? ", and you may not make it" : "")"
    case .overtaken(let name, _): "somebody else is releasing '\(name)' at the same time"
    case .doesNotRender(let chart, let said): "chart '\(chart)' does not render: \(said)"
    case .rejected(let chart, let said): "the cluster does not take chart '\(chart)': \(said)"
    case .immutable(let chart, let fields, _):
      "the cluster does not take chart '\(chart)': \(fields.map { "field '\($0.field)' of \($0.kind) '\($0.name)' is immutable" }.joined(separator: ", "))"
    case .hook(let name, _, let code, let reason, let log, let said):
      "hook '\(name)' failed: \(code.map { "it exited with status \($0)\(reason.map { " (\($0))" } ?? "")" } ?? said)\(log.last.map { ": \($0.trimmed)" } ?? "")"
    case .timedOut(let name, let seconds, let reasons):
      "release '\(name)' was not ready after \(seconds) s\(reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))"
    case .helm(let doing, let said): "helm cannot \(doing): \(said)"
    case .unreadableRelease(let name, let reason): "cannot read release '\(name)': \(reason)"
    case .noRelease(let name, let place): "no release '\(name)' in \(place)"
    case .noContainer(let name, let app): "no container '\(name)' in '\(app)'"
    case .noPrevious(let app): "no container of '\(app)' has a log of a run before this one"
    case .noPorts(let app): "no container of '\(app)' declares a port"
    case .forwardFailed(let app, let said): "cannot connect to '\(app)': \(said)"
    case .noPod(let app, let seconds, let reasons):
      "no pod of '\(app)' was ready after \(seconds) s\(reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))"
    case .unreadableObject(let kind, let name, let namespace, let reason): "cannot read \(kind) '\(name)' in namespace '\(namespace)': \(reason)"
    case .badDriver(let name): "HELM_DRIVER is '\(name)', and releases are read from Secrets and ConfigMaps only"
    case .badName(let name): "'\(name)' is no name of a release"
    case .noRevision(let name, let revision, let known):
      "release '\(name)' has no revision \(revision)\(known.isEmpty ? "" : ", only \(known.map(String.init).joined(separator: ", "))")"
    case .kubectl(let doing, let said): "kubectl cannot \(doing): \(said)"
    case .subchartsLost(let name): "release '\(name)' has charts within its chart, which helm does not keep"
    case .badChartPath(let name, let path): "the chart of release '\(name)' has a file '\(path)', which leads out of it"
    case .notKept(let name, let engine): "\(engine) keeps no chart of release '\(name)'"
    case .nothingToRun(let chart): "chart '\(chart)' has nothing that podman can run"
    case .imageMissing(let reference, _): "no image '\(reference)' on this machine"
    case .exited(let container, let code, let log, _):
      "container '\(container)' \(code.map { "exited with status \($0)" } ?? "came to its end and was started again")"
        + (errorLine(log).map { ": \($0.trimmed)" } ?? "")
    case .silent(let container, let port, let seconds, let listens, _, _):
      "container '\(container)' did not answer on port \(port) within \(seconds) s\(listens.map { ": " + $0 } ?? "")"
    case .portTaken(let port): "port \(port) of 127.0.0.1 is taken"
    case .podman(let doing, let said): "podman cannot \(doing): \(said)"
    case .podmanSlow(let doing, let seconds): "podman cannot \(doing): it was not done after \(seconds) s"
    case .unended(let container, let stays, let seconds, let log, _):
      "init container '\(container)' \(stays ? "was not up" : "did not end") within \(seconds) s" + (errorLine(log).map { ": \($0.trimmed)" } ?? "")
    }
  }

  public var hint: String? {
    switch self {
    case .noChart: "write one with 'draft create'"
    case .badImage: "see 'image' in draft-records(5)"
    case .badTimeout, .badEngine: "see draft-release(1)"
    case .kubeConfig: "correct the file, or set KUBECONFIG to another one"
    case .noSuchContext: "'kubectl config get-contexts' lists them"
    case .notLocal(let context, _, let orPodman):
      (orPodman ? "--engine podman has it run on this machine, and 'draft config set engine podman' always; " : "")
        + "--kube-context \(context.shellWord) means this cluster"
    case .notByDraft, .otherChart:
      "--take-over replaces it, and deletes what this chart does not have of it; another name or --namespace leaves it as it is"
    case .somebodyElses: "the setting 'exclusive' keeps it for whoever made it; --take-over replaces it all the same"
    case .noSharedStore: "'draft config set registry HOST/PATH' names one; 'draft up --skip-image-push' is for a cluster that has the image already"
    case .pending(_, let namespace, _, _):
      "another helm is at work on it, or was killed; in that case 'draft doctor --namespace \(namespace)' tells what brings back what ran last"
    case .unreachable: "start the cluster, or choose another with --kube-context; --engine podman needs none"
    case .notLoggedIn: "it may have expired: log in to the cluster again, and try again"
    case .loginPlugin(let plugin, _):
      plugin.isMissing ? "install it, or put its directory on PATH: the kubeconfig names it to log in with"
        : plugin.words.isEmpty ? "it has said nothing: run the command that the kubeconfig has under 'exec' by hand" : "do what it says, and try again"
    case .namespaceEnding(let name): "wait until 'kubectl get namespace \(name)' finds nothing, and try again; or set another one"
    case .noNamespace(let name, _): "have somebody make it who may ('kubectl create namespace \(name)'), or set another one"
    case .overtaken(let name, let namespace): "try again when that is done; 'helm history \(name) --namespace \(namespace)' shows it"
    case .forbidden: "log in to the cluster as somebody who may, or set another namespace"
    case .doesNotRender: "nothing was deployed; 'helm template' on the chart shows the same"
    case .immutable(_, let fields, let namespace): FixedField.hint(fields, namespace: namespace)
    case .rejected: "'helm template' on the chart shows what it makes"
    case .hook(let name, let namespace, _, _, let log, _):
      log.isEmpty ? "'kubectl describe \(name.lowercased()) --namespace \(namespace)' tells more" : "its last words are above; nothing after it was done"
    case .timedOut: "'kubectl describe pods' tells more; --timeout SECONDS gives it longer"
    case .helm: "'helm history' tells what became of the release"
    case .unreadableRelease: "'helm status' shows the release"
    case .noRelease: "'draft list --all-namespaces' shows what there is; --namespace, --kube-context and --engine say where to look"
    case .noContainer: "'kubectl get pods -o wide' and 'podman ps' tell what there is"
    case .noPrevious: nil
    case .noPorts: "name one: --override-port LOCAL:REMOTE"
    case .forwardFailed: "'kubectl port-forward' tells more"
    case .noPod: "'draft logs --pods' and 'kubectl describe pods' tell more"
    case .unreadableObject(let kind, let name, let namespace, _): "'kubectl get \(kind.lowercased()) \(name) --namespace \(namespace)' shows it; helm cannot use it either"
    case .badDriver: "'helm list' shows the releases"
    case .badName: "lower-case letters, digits, '-' and '.', at most 53; a directory is written with a slash, as in './web'"
    case .noRevision(let name, _, _): "'draft history \(name)' lists them"
    case .kubectl: nil
    case .subchartsLost, .notKept: "release it from its directory, with 'draft up' or 'draft release'"
    case .badChartPath: "somebody has tampered with it"
    case .nothingToRun: "podman runs Deployments, StatefulSets, DaemonSets and Pods"
    case .imageMissing(_, let needsBuild): needsBuild ? "build it: 'draft build'" : "the store the image was built in cannot be read by podman; push it to a registry"
    case .exited(_, _, let log, let left) where isReadOnly(log),
      .silent(_, _, _, _, let log, let left) where isReadOnly(log):
      ReleaseError.writable + (left == .before ? "; the revision before runs on" : "")
    case .exited(let container, _, _, let left), .silent(let container, _, _, _, _, let left),
      .unended(let container, _, _, _, let left):
      switch left {
      case .nothing: "'\(container)' was removed; its last words are above"
      case .before: "the revision before runs on"
      case .itself: "it was left as it is; 'draft logs' shows what it says"
      }
    case .portTaken: "end what holds it, or take its line out of override-ports"
    case .podman: nil
    case .podmanSlow: "'podman ps' shows whether it answers; another podman may be at work"
    }
  }

  /// For who was refused to write to a root that is read-only; in the charts of the packs.
  static let writable = "its root is read-only: in the chart's values.yaml, set 'readOnlyRootFilesystem: false'"
    + " under securityContext, or have it write to /tmp"
}
