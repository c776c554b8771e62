import Command
import Environments
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-use", summary: "make the kube context of an environment the current one",
      operands: Operands("[NAME...]", .text),
      reads: "environments.yaml and the kubeconfig",
      writes: "the context, the cluster and the namespace that kubectl and helm use from now on",
      options: [
        .environmentsFile,
        Option("init", help: "have the tool of each provider write the kube context instead, and keep the current one"),
        Option("all", help: "with --init: all environments of the file"),
        .quiet
      ],
      examples: [
        "draft env --list | grep '^prod/' && draft use prod",
        "draft use --init --all"
      ]
    ).run { call in
      let options = call.arguments, isInit = options.has("init")
      if options.has("all"), !isInit { throw UsageError("option '--all' has no use without '--init'") }
      if options.has("all"), let name = options.operands.first {
        throw UsageError("option '--all' and '\(name)' exclude each other")
      }
      let environments = try Environments(options["environments-file"], home: Home(), call: call)
      try environments.check()
      let isWhole = options.has("all") || options.operands.isEmpty && environments.names.count == 1
      let names = isWhole ? environments.names : options.operands
      guard let name = names.first else {
        throw EnvironmentError.unnamed(file: environments.path, names: environments.names)
      }
      if !isInit {
        guard names.count == 1 else { throw UsageError("unexpected '\(names[1])': there is one current context") }
        let (context, namespace) = try environments.use(name, call: call)
        let server = context.server.map { ", \($0)" } ?? ""
        call.say("Switched to kube context '\(context.name)'\(server), namespace '\(namespace)'")
        return .done
      }
      var code = ExitCode.done
      for name in names {
        do {
          let written = try environments.login(name, call: call)
          call.say("Environment '\(name)': \(written.map { "kube context '\($0)'" } ?? "its kube context is there")")
        } catch {
          guard names.count > 1 else { throw error }
          call.report(diagnosis(of: error))
          code = .failed
        }
      }
      return code
    }
  }
}
