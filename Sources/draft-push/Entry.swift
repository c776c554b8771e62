import Command
import Pipeline
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-push", summary: "push the image of an application to its registry", operands: "[DIRECTORY...]",
      reads: Flow("records with 'app' and 'image'; or directories, whose images are built first", ["app", "image"]),
      writes: Flow(
        "the records with 'push', and the registry's digest in 'image'", ["context", "chart", "image", "push"]),
      options: [
        .environment, .registry, .plainHTTP
      ],
      examples: [
        "draft pack . | draft build | draft push | jq -r .push.reference", "DRAFT_REGISTRY=127.0.0.1:5000 draft push ."
      ], passesSynced: true
    ).runStage(begin: { directory, call in try Project.begin(directory: directory, call: call) }) { record, call in
      let line = try Pipeline(record, plainHTTP: call.arguments.has("plain-http"), call: call)
      if try line.pushed(of: &record) == nil { warnOfNoRegistry(line.settings, call: call) }
    }
  }
}
