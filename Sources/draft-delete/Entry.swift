import Command
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-delete", summary: "delete a release, run its cleanup tasks and, on request, remove its images",
      operands: "[NAME|DIRECTORY...]",
      reads: Flow("names of releases, directories, or records with 'app'", ["app", "release"]),
      writes: Flow("the same records with 'deletion', and with 'tasks' if tasks were run", ["deletion", "tasks"]),
      options: [
        .environment, .kubeContext, .namespace, .engine,
        Option("images", help: "also remove its images from this machine, with their build logs")
      ],
      examples: ["draft list | grep '\"web-' | draft delete", "draft delete --images ~/src/web"]
    ).runStage(begin: { operand, call in try subject(operand, changing: true, call: call) }) { record, call in
      try delete(&record, images: call.arguments.has("images"), home: try Home(), call: call)
    }
  }
}
