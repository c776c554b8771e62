import Command
import Records

extension ClusterError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .kubeConfig, .noSuchContext, .notLocal: .configuration
    case .namespaceEnding: .tryAgain
    case .forbidden, .notLoggedIn, .noNamespace: .noPermission
    case .loginPlugin(let plugin, _): plugin.isMissing ? .unavailable : .noPermission
    case .unreachable, .kubectl, .noPod: .unavailable
    }
  }

  public var message: String {
    switch self {
    case .kubeConfig(let path, let reason): "cannot read '\(path)': \(reason)"
    case .noSuchContext(let name, let files): "no kube context '\(name)' in '\(files.joined(separator: ":"))'"
    case .notLocal(let context, let server, _):
      "kube context '\(context)' is not plainly local\(server.map { ": its server is '\($0)'" } ?? "")"
    case .unreachable(let server, let said): "cannot reach the cluster at '\(server)': \(said)"
    case .forbidden(let said): "the cluster does not allow it: \(said)"
    case .notLoggedIn(let context, let said): "the cluster of context '\(context)' does not accept the login: \(said)"
    case .loginPlugin(let plugin, let context): "cannot log in to the cluster of context '\(context)': \(plugin.said)"
    case .namespaceEnding(let name): "namespace '\(name)' is being deleted"
    case .noNamespace(let name, let mayNotMake):
      "there is no namespace '\(name)'\(mayNotMake ? ", and you may not create it" : "")"
    case .kubectl(let doing, let said): "kubectl cannot \(doing): \(said)"
    case .noPod(let app, let seconds, let reasons):
      "no pod of '\(app)' was ready after \(seconds) s\(reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))"
    }
  }

  public var hint: String? {
    switch self {
    case .kubeConfig: "correct the file, or set KUBECONFIG to another one"
    case .noSuchContext: "'kubectl config get-contexts' lists them"
    case .notLocal(let context, _, let orPodman):
      (orPodman ? "--engine podman runs it on this machine, 'draft config set engine podman' does so always; " : "")
        + "--kube-context \(context.shellWord) chooses this cluster"
    case .unreachable: "start the cluster, or choose another with --kube-context; --engine podman needs none"
    case .forbidden: "log in to the cluster as a user who has that right, or set another namespace"
    case .notLoggedIn: "it may have expired: log in to the cluster again and retry"
    case .loginPlugin(let plugin, _):
      plugin.isMissing
        ? "install it, or add its directory to PATH: the kubeconfig uses it to log in"
        : plugin.words.isEmpty
          ? "it printed nothing: run the command that the kubeconfig has under 'exec' by hand"
          : "do what it says and try again"
    case .namespaceEnding(let name):
      "wait until 'kubectl get namespace \(name)' finds nothing, and try again; or set another one"
    case .noNamespace(let name, _):
      "have an administrator create it ('kubectl create namespace \(name)'), or set another one"
    case .kubectl: nil
    case .noPod: "see 'draft logs --pods' and 'kubectl describe pods'"
    }
  }
}
