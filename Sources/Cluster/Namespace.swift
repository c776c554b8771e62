import Command
import Records

/// The namespace of a release, before the first one into it.
package struct Namespace {
  package let name: String
  package let context: KubeContext
  package let call: Call

  package init(name: String, context: KubeContext, call: Call) {
    self.name = name
    self.context = context
    self.call = call
  }

  /// Makes it when it is not there. Whoever may not look may still be allowed to release into it, so that is no error.
  /// Throws ``ClusterError`` when it cannot be made, or is being deleted.
  package func ensure() throws {
    // Without kubectl helm has to do it.
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
    if made.succeeded { return call.say("Namespace \"\(name)\" did not exist: made") }
    let failure = ClusterFailure(made.errorText)
    // Somebody else made it in the meantime.
    if made.errorText.contains("AlreadyExists") { return }
    let error = failure.error(context: context, doing: "make namespace '\(name)'")
    if case .forbidden = error { throw ClusterError.noNamespace(name, mayNotMake: true) }
    throw error
  }

  private func kubectl(_ words: [String]) throws -> Child.Result {
    try Kubectl.run(words + [name, "--context=\(context.name)", "--request-timeout=20s"], call: call)
  }
}
