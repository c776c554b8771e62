// Reads: app, or directories. Writes: language and pack; with --pack only the pack, since then nothing is looked at.
import Command
import Scaffolding
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-detect", summary: "detect the language of an application", operands: "[DIRECTORY...]",
      reads: "app", writes: "language, pack",
      options: [
        Option("pack", "p", value: "NAME", help: "take this pack, or REPOSITORY/NAME, and look at nothing"),
        Option("app", "a", value: "NAME", help: "the application's name; 'random' makes one up (default: draft.toml, then the directory)"),
        .environment,
      ],
      examples: ["draft detect ~/src/web | draft scaffold", "draft detect --pack go . | jq .pack"]
    ).runStage(begin: Project.begin) { record, call in
      let app = try record.required(App.self)
      let settings = try Settings(for: app, call: call)
      let selection = try PackSelection(for: app, named: call.arguments["pack"], settings: settings, home: Home(), call: call)
      if let language = selection.language { record.set(language) }
      if let pack = selection.pack { record.set(pack) }
    }
  }
}
