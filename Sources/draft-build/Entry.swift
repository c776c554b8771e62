import Command
import Images
import Pipeline
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-build", summary: "build the image of an application", operands: "[DIRECTORY...]",
      reads: Flow("records with 'context'; packs the context if a record has none", ["app", "context"]),
      writes: Flow("the same records with 'image'", ["context", "chart", "image"]),
      options: [
        .environment, .builder, .dockerfile, .buildArg, .tag, .registry, .force,
        Option("no-append", help: "let the builder build the whole image, instead of appending layers to a base")
      ],
      examples: ["draft detect web | draft scaffold | draft pack | draft build", "draft build web"], passesSynced: true
    ).runStage(
      begin: { directory, call in try Project.begin(directory: directory, call: call) },
      body: { record, call in
        let line = try Pipeline(
          record, fresh: call.arguments.has("force"), appends: !call.arguments.has("no-append"), call: call)
        try line.built(of: &record)
      })
  }
}
