// Reads: app, or directories. Writes: language and pack; with --pack only the pack, without detection.
import Command
import Scaffolding
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-detect", summary: "detect the language of an application", operands: "[DIRECTORY...]",
      reads: Flow("app", ["app"]), writes: Flow("language, pack", ["language", "pack"]),
      options: [
        .pack, .app, .environment
      ],
      examples: ["draft detect ~/src/web | draft scaffold", "draft detect --pack go . | jq .pack"]
    ).runStage(begin: Project.begin) { record, call in
      let app = try record.required(App.self)
      let settings = try Settings(for: app, call: call)
      let selection = try PackSelection(
        for: app, named: call.arguments["pack"], settings: settings, home: Home(), call: call)
      if let language = selection.language { record.set(language) }
      if let pack = selection.pack { record.set(pack) }
    }
  }
}
