import Archives
import Command
import Images
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-build", summary: "build the image of an application", operands: "[DIRECTORY...]",
      reads: "records with 'context'; packs the context itself where a record has none", writes: "the same records with 'image'",
      options: [
        .environment,
        Option("force", "f", help: "build even when nothing has changed, without the builder's cache"),
      ],
      examples: ["draft detect web | draft scaffold | draft pack | draft build", "draft build web"]
    ).runStage(
      begin: { directory, call in try Project.begin(directory: directory, call: call) },
      body: { record, call in
        let app = try record.required(App.self)
        let settings = try Settings(for: app, call: call)
        let home = try Home()
        let context = try record.member(Context.self) ?? pack(app, settings: settings, home: home, call: call).context
        record.set(try build(app, context: context, settings: settings, home: home, call: call))
      })
  }
}
