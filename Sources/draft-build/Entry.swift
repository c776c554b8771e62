import Command
import Images
import Pipeline
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-build", summary: "build the image of an application", operands: "[DIRECTORY...]",
      reads: "records with 'context'; packs the context itself where a record has none", writes: "the same records with 'image'",
      options: [
        .environment,
        Option("builder", value: "NAME", help: "buildah, docker, podman, or NAME of a draft-builder-NAME on PATH (default: buildah)"),
        Option("dockerfile", value: "PATH", help: "the Dockerfile, within the directory (default: Dockerfile)"),
        Option("build-arg", value: "NAME=VALUE", repeats: true, help: "set a build argument"),
        Option("tag", value: "TAG", repeats: true, help: "give the image a further tag"),
        Option("registry", value: "HOST[/PATH]", help: "what the image's name begins with (default: $DRAFT_REGISTRY, draft.toml, config.toml)"),
        Option("force", "f", help: "build even when nothing has changed, without the builder's cache"),
        Option("no-append", help: "let the builder make the whole image, also where a few layers would do"),
      ],
      examples: ["draft detect web | draft scaffold | draft pack | draft build", "draft build web"], passesSynced: true
    ).runStage(
      begin: { directory, call in try Project.begin(directory: directory, call: call) },
      body: { record, call in
        try Pipeline(record, call: call).built(of: &record)
      })
  }
}
