import Command
import Scaffolding
import Records
import Remote
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-init", summary: "create the draft home and install packs and plugins", reads: "the file of --config",
      writes: "with --dry-run, a line for each thing it would do",
      options: [
        Option(
          "config", "f", value: "FILE", help: "a file with settings, and [[repo]] and [[plugin]] entries to install"),
        Option("dry-run", help: "print what would be done, but do nothing"),
        .quiet, .kubeContext
      ] + serverOptions,
      examples: ["draft init", "draft init --dry-run -f team.toml"]
    ).run { call in
      guard call.arguments.operands.isEmpty else {
        throw UsageError("draft-init takes no operand", hint: "try 'draft-init --help'")
      }
      if call.arguments.has("server") { return try server(call) }
      for option in serverOptions where call.arguments.has(option.name) {
        throw UsageError("option '--\(option.name)' needs '--server'", hint: "try 'draft-init --help'")
      }
      let home = try Home(), file = try call.arguments["config"].map { try InitFile(path: $0) }
      let steps = try missingFromHome(home, file: file)
      if call.arguments.has("dry-run") {
        try Standard.output(steps.map { $0.text.harmless + "\n" }.joined())
        return .done
      }
      for step in steps {
        call.say(step.text.harmless)
        try perform(step, home: home, call: call)
      }
      call.pass("DRAFT_HOME has been configured at \(home.path.harmless).\nHappy Sailing!\n")
      return .done
    }
  }

  private static func server(_ call: Call) throws -> ExitCode {
    let arguments = call.arguments, isDry = arguments.has("dry-run")
    let step: ServerStep = arguments.has("uninstall") ? .uninstall : arguments.has("upgrade") ? .upgrade : .install
    let plan = try ServerPlan(
      namespace: arguments["server-namespace"], image: arguments["image"], releaseTo: arguments.all("release-to"),
      registry: arguments["registry"], plainHTTP: arguments.all("plain-http"))
    guard arguments["image"]?.isEmpty == false || step == .uninstall || step == .upgrade && !isDry else {
      throw UsageError(
        "option '--server' needs '--image'",
        hint: "build it from draft's Dockerfile and push it where the cluster pulls from")
    }
    if isDry {
      try Standard.output(serverManifests(plan))
    } else {
      try installServer(plan, step, kubeContext: arguments["kube-context"], call: call)
    }
    return .done
  }
}
