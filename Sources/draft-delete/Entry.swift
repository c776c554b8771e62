import Command
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-delete", summary: "remove a release, run the cleanup tasks, and its images if asked to", operands: "[NAME|DIRECTORY...]",
      reads: Flow("names of releases, directories, or records with 'app'", ["app", "release"]),
      writes: Flow("the same records with 'deletion', and 'tasks' where some were run", ["deletion", "tasks"]),
      options: [
        .environment, .kubeContext, .namespace, .engine,
        Option("images", help: "remove what this machine holds of its images, and the logs of their builds"),
      ],
      examples: ["draft list | grep '\"web-' | draft delete", "draft delete --images ~/src/web"]
    ).runStage(begin: { operand, call in try subject(operand, changing: true, call: call) }) { record, call in
      try delete(&record, images: call.arguments.has("images"), home: try Home(), call: call)
    }
  }
}
