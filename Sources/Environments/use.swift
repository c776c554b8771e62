import Cluster
import Command
import Records

extension Environments {
  /// Makes the kube context of an environment the current one, with its namespace.
  /// - Throws: ``EnvironmentError``, ``ClusterError``, and ``ProgramMissing`` for a missing kubectl.
  /// - Returns: the context and the namespace.
  package func use(_ name: String, call: Call) throws -> (context: KubeContext, namespace: String) {
    let (environment, provider) = try place(of: name)
    guard let context = try KubeConfig().context(provider.context) else {
      throw EnvironmentError.noContext(provider.context, environment: name, login: provider.login?[0])
    }
    // First the namespace: no command in between finds the context with that of another environment.
    for words in [
      ["set-context", "--namespace=\(environment.namespace)", "--", context.name], ["use-context", "--", context.name]
    ] {
      let result = try Kubectl.run(["config"] + words, call: call)
      guard result.succeeded else {
        throw ClusterError.kubectl(doing: "use context '\(context.name)'", said: result.errorText.trimmed)
      }
    }
    return (context, environment.namespace)
  }

  /// Has the provider's own tool write the kube context of an environment.
  /// - Throws: ``EnvironmentError``, and ``ProgramMissing``.
  /// - Returns: the context; nil if there is no tool for it, and it is there.
  package func login(_ name: String, call: Call) throws -> String? {
    let provider = try place(of: name).provider
    guard let login = provider.login else {
      guard try KubeConfig().context(provider.context) != nil else {
        throw EnvironmentError.noContext(provider.context, environment: name, login: nil)
      }
      return nil
    }
    call.debug(login.joined(separator: " "))
    let result = try Child.run(
      login, output: .capture, errors: .capture,
      slow: { call.say("Waiting for \(login[0]), for environment '\(name)'") })
    guard result.succeeded else {
      let said = result.errorText.lines.map(\.trimmed).last { !$0.isEmpty } ?? "it exited with \(result.status)"
      throw EnvironmentError.login(environment: name, program: login[0], said: said)
    }
    return provider.context
  }

  private func place(of name: String) throws -> (environment: EnvironmentFile.Environment, provider: Provider) {
    let environment = try environment(name)
    try Environments.check(environment.findings, name)
    guard let provider = environment.provider else {
      // Then there is a finding, unless it is one of the cluster.
      throw EnvironmentError.badFile(
        name, place: file.file.place(environment.yaml), message: "environment '\(name)' has no provider", advice: nil,
        errors: 1)
    }
    return (environment, provider)
  }
}
