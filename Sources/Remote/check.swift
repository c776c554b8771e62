import Command
import Records
import Settings

/// Whether the server that the setting `remote` names can be used; nil where none is named.
public func checkServer(_ settings: Settings) -> Doctor.Check? {
  guard let text = settings.remote else { return nil }
  do {
    guard case let .kube(namespace, context) = try Target(text, settings: settings) else { return .init("server", .ok, "'\(text)', which is not looked at") }
    guard let server = try Server.find(context: context, namespace: namespace) else {
      return .init("server", .failure, "there is none in namespace '\(namespace)'", hint: "'\(Server.install(namespace, context))' puts it there; '\(without(settings))' does without")
    }
    guard server.isReady else {
      return .init("server", .failure, "in namespace '\(namespace)' is not ready", hint: "'kubectl describe pods --namespace \(namespace) --context \(context.shellWord)' tells more")
    }
    let argv = ["kubectl", "--context=\(context)", "auth", "can-i", "create", "pods", "--subresource=exec", "-n", namespace, "--request-timeout=20s"]
    guard try Child.run(argv, output: .discard, errors: .discard).succeeded else {
      return .init("server", .failure, "in namespace '\(namespace)' may not be used", hint: "ask for the role '\(Server.name)' there, which lets you create pods/exec")
    }
    return .init("server", .ok, "in namespace '\(namespace)', from '\(server.image)'")
  } catch {
    let diagnosis = diagnosis(of: error)
    return .init("server", .failure, diagnosis.message, hint: diagnosis.hint)
  }
}

/// The command that has no server named any more, by where it is named.
private func without(_ settings: Settings) -> String {
  settings.source(of: "remote").hasPrefix("$DRAFT_REMOTE") ? "unset DRAFT_REMOTE" : "draft config unset remote"
}
