import Command
import Records

/// The namespace of a release, before the first release into it.
package struct Namespace {
  package let name: String
  package let context: KubeContext
  package let call: Call

  package init(name: String, context: KubeContext, call: Call) {
    self.name = name
    self.context = context
    self.call = call
  }

  /// Creates it if it does not exist. Someone who may not read it may still be allowed to release into it, so that is
  /// not an error. Throws ``ClusterError`` if it cannot be created or is being deleted.
  package func ensure() throws {
    // Without kubectl, helm creates it.
    if name == "default" || !Kubectl.isThere { return }
    let seen = try kubectl(["get", "namespace", "--ignore-not-found", "--output=jsonpath={.status.phase}"])
    guard seen.succeeded else {
      let error = ClusterFailure(seen.errorText).error(context: context, doing: "look up namespace '\(name)'")
      if case .forbidden = error { return }
      throw error
    }
    if seen.outputText == "Terminating" { throw ClusterError.namespaceEnding(name) }
    if !seen.outputText.isEmpty { return }
    let made = try kubectl(["create", "namespace"])
    if made.succeeded { return call.say("Namespace \"\(name)\" did not exist: created") }
    let failure = ClusterFailure(made.errorText)
    // It was created in the meantime.
    if made.errorText.contains("AlreadyExists") { return }
    let error = failure.error(context: context, doing: "create namespace '\(name)'")
    if case .forbidden = error { throw ClusterError.noNamespace(name, mayNotMake: true) }
    throw error
  }

  private func kubectl(_ words: [String]) throws -> Child.Result {
    try Kubectl.run(words + [name, "--context=\(context.name)", "--request-timeout=20s"], call: call)
  }
}
