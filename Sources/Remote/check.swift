import Cluster
import Command
import Records
import Settings

/// Whether the server of the setting `remote` can be used; nil if none is set.
public func checkServer(_ settings: Settings, call: Call) -> Doctor.Check? {
  guard let text = settings.remote else { return nil }
  do {
    guard case let .kube(namespace, context) = try Target(text, settings: settings) else {
      return .init("server", .ok, "'\(text)' (not checked)")
    }
    let server = try usableServer(namespace, context, call: call)
    return .init("server", .ok, "in namespace '\(namespace)', from '\(server.image)'")
  } catch {
    let diagnosis = diagnosis(of: error)
    var hint = diagnosis.hint
    if case RemoteError.noServer = error { hint = hint.map { "\($0); '\(without(settings))' stops using one" } }
    return .init("server", .failure, diagnosis.message, hint: hint)
  }
}

/// The command that unsets the server, depending on where it is set.
private func without(_ settings: Settings) -> String {
  settings.source(of: "remote").hasPrefix("$DRAFT_REMOTE") ? "unset DRAFT_REMOTE" : "draft config unset remote"
}

/// Checks that the server can be reached and may release to a namespace, before anything is packed.
/// - Parameter namespace: the namespace to release to; nil to skip that check.
/// - Throws: ``RemoteError``, and errors of the kubeconfig.
public func requireServer(_ place: String?, settings: Settings, namespace: String?, call: Call) throws {
  let target = try Target(place ?? settings.remote, settings: settings)
  switch target {
  case let .kube(server, context):
    _ = try usableServer(server, context, call: call)
    guard let namespace,
      let resource = try AccessReview.forbidden(namespace: namespace, context: context, place: target.text)
    else { return }
    throw RemoteError.mayNotRelease(namespace: namespace, resource: resource)
  case let .ssh(destination):
    // Ask for no password now: a login that needs one will ask later, and shows that the host is up.
    let argv = ["ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", destination, "draft", "--version"]
    let waiting = { call.say("Waiting for '\(destination)' to answer") }
    let result = try Child.run(argv, output: .discard, errors: .capture, slow: waiting)
    if result.succeeded || result.errorText.contains("Permission denied") { return }
    throw RemoteError.unreachable(target: destination, said: lastLine(result.errorText), status: result.status)
  case .local: return
  }
}

private func usableServer(_ namespace: String, _ context: String, call: Call) throws -> Server {
  let waiting = { call.say("Waiting for the cluster of kube context '\(context)' to answer") }
  guard let server = try Server.find(context: context, namespace: namespace, slow: waiting) else {
    throw RemoteError.noServer(namespace: namespace, context: context)
  }
  guard server.isReady else { throw RemoteError.notReady(namespace: namespace, context: context) }
  let question = ["auth", "can-i", "create", "pods", "--subresource=exec"]
  let words = ["--context=\(context)"] + question + ["-n", namespace, "--request-timeout=20s"]
  guard try Kubectl.run(words, output: .discard, errors: .discard, slow: waiting).succeeded else {
    throw RemoteError.mayNotUse(namespace: namespace)
  }
  return server
}
