import Command
import Records

extension RemoteError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .noTarget, .badToken: .configuration
    case .badTarget: .usage
    case .unreachable(_, let said, _):
      isLogin(said) || ["orbidden", "Permission denied", "Unauthorized"].contains { said.contains($0) }
        ? .noPermission : .unavailable
    case .lost: .tryAgain
    case .gibberish, .violation, .version: .protocolViolation
    case .refused(let code, _, _): ExitCode(rawValue: Int32(clamping: code)) ?? .failed
    case .noChart: .noInput
    case .differs: .badData
    case .notInCluster: .configuration
    case .isThere, .isNotThere: .failed
    case .noServer, .notReady: .unavailable
    case .mayNotRelease, .mayNotUse: .noPermission
    case .cannotInstall(_, let said), .cannotReview(_, let said):
      isLogin(said) || said.contains("orbidden") ? .noPermission : .unavailable
    case .stageDied: .tryAgain
    }
  }

  public var message: String {
    switch self {
    case .noTarget: "cannot tell where the server is"
    case let .badTarget(text): "'\(text)' is not a server"
    case let .unreachable(target, said, status):
      "cannot reach the server at '\(target)': \(said.isEmpty ? "exit status \(status)" : said)"
    case let .lost(target, said): "lost the server at '\(target)'\(said.isEmpty ? "" : ": \(said)")"
    case let .gibberish(text): "unexpected output from the server: '\(text)'"
    case let .violation(text): "the other side breaks the protocol: \(text)"
    case let .version(theirs):
      "the other side uses version \(theirs) of the protocol, and this one version \(Frame.version)"
    case let .refused(_, message, _): message
    case let .noChart(directory): "cannot find a chart in '\(directory)'"
    case let .differs(digest): "'\(digest)' was damaged on the way"
    case let .badToken(path): "'\(path)' does not contain a token"
    case .notInCluster: "cannot use a token: the server does not run in a cluster"
    case let .mayNotRelease(namespace, resource):
      "cannot release to namespace '\(namespace)': you may not create '\(resource)' there"
    case let .cannotReview(namespace, said):
      "cannot ask the cluster what you may do in namespace '\(namespace)': \(said)"
    case let .noServer(namespace, _): "there is no server in namespace '\(namespace)'"
    case let .notReady(namespace, _): "the server in namespace '\(namespace)' is not ready"
    case let .mayNotUse(namespace): "you may not use the server in namespace '\(namespace)'"
    case let .isThere(namespace): "there already is a server in namespace '\(namespace)'"
    case let .isNotThere(namespace): "there is no server in namespace '\(namespace)'"
    case let .cannotInstall(doing, said): "cannot \(doing) the server: \(said)"
    case let .stageDied(stage, status): "'\(stage)' ended with status \(status) and without a record"
    }
  }

  public var hint: String? {
    switch self {
    case .noTarget: "use --to kube, ssh://HOST or local, or 'draft config set remote kube'"
    case .badTarget: "use kube, kube:NAMESPACE, ssh://[USER@]HOST[:PORT] or local"
    case let .unreachable(target, said, status):
      if target.hasPrefix("kube"), said.contains("not found"), said.contains("deployments") {
        "run '"
          + Server.install(target.hasPrefix("kube:") ? String(target.dropFirst(5)) : Server.defaultNamespace, nil) + "'"
      } else if isLogin(said) {
        "do what it says and try again"
      } else if exitCode == .noPermission, target.hasPrefix("kube") {
        "ask for the role '\(Server.name)' in the server's namespace, which lets you create pods/exec"
      } else if status == 127 || said.contains("not found") {
        "install draft there, on the PATH of commands that ssh starts"
      } else {
        nil
      }
    case .lost: "run it again: files that arrived are not sent again"
    case .gibberish: "the server's shell must not print anything when ssh runs a command"
    case .violation: nil
    case .version:
      "install the same version of draft on both sides; 'draft init --server --upgrade' does it in a cluster"
    case .refused(_, _, let hint): hint
    case .noChart: "run 'draft create', set 'chart' in draft.toml, or use --no-release"
    case .differs: "run it again"
    case .badToken: "write one with 'kubectl create token'"
    case .notInCluster: "leave out --token-file"
    case let .mayNotRelease(namespace, _):
      "ask for the role 'edit' in namespace '\(namespace)', or use --no-release; the server does not lend its own "
        + "rights"
    case .cannotReview: nil
    case let .noServer(namespace, context): "'\(Server.install(namespace, context))' installs it"
    case let .notReady(namespace, context):
      "see 'kubectl describe pods --namespace \(namespace) --context \(context.shellWord)'"
    case .mayNotUse: "ask for the role '\(Server.name)' there, which lets you create pods/exec"
    case .isThere: "use --upgrade to update it"
    case .isNotThere: "leave out --upgrade"
    case .cannotInstall: nil
    case .stageDied: "run it again; unfinished work is not taken for done"
    }
  }
}

/// Whether kubectl failed because a login plugin of the kubeconfig failed.
private func isLogin(_ said: String) -> Bool {
  said.contains("the login plugin") || said.contains("getting credentials")
}
