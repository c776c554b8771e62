import Command
import Pipeline
import Records
import Remote
import Settings

@main struct Entry {
  static func main() {
    let links = Links()
    Command(
      name: "draft-remote", summary: "build, push and release an application on a server", operands: "[DIRECTORY...]",
      reads: Flow(
        "records with 'context' and 'chart'; packs them if a record has none", ["app", "context", "chart"]),
      writes: Flow(
        "the records with 'image', 'push', 'values' and 'release'",
        ["context", "chart", "image", "push", "values", "release"]),
      options: [
        .environment, .kubeContext, .namespace,
        Option(
          "to", value: "PLACE",
          help:
            "the server: kube, kube:NAMESPACE, ssh://[USER@]HOST[:PORT] or local (default: $DRAFT_REMOTE, config.toml)"
        ),
        Option(
          "token-file", value: "FILE", help: "release with the rights of the token in FILE instead of the server's"),
        Option("no-push", help: "do not push the image"),
        Option("no-release", help: "do not release the application")
      ] + stageOptions,
      examples: [
        "draft pack . | draft remote --to kube | jq -r '.release.urls[]'",
        "draft remote --to ssh://build.example.com --no-release . | draft release"
      ], passesSynced: true
    ).runStage(
      begin: { directory, call in try Project.begin(directory: directory, call: call) },
      patience: .forServer { $0.arguments["to"] }
    ) { record, call in
      try remote(
        &record, Pipeline(record, call: call), options: options(call.arguments, quiet: call.quiet), links: links,
        call: call)
    }
  }

  private static func options(_ arguments: Arguments, quiet: Bool) -> RemoteOptions {
    RemoteOptions(
      place: arguments["to"], tokenFile: arguments["token-file"],
      isParallel: arguments["jobs"].flatMap { Int($0) } ?? 1 > 1,
      without: ["push", "release"].filter { arguments.has("no-\($0)") },
      options: stageOptions.filter { arguments.has($0.name) }.map {
        ($0.name, $0.value == nil ? [] : arguments.all($0.name))
      },
      quiet: quiet)
  }
}
