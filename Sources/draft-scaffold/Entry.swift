// Reads: app, language, pack, or directories. Writes: scaffold, and pack if it had to choose one. If the record has no
// pack, it detects like draft-detect; if the record has a language, it only chooses the pack.
import Command
import Scaffolding
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-scaffold", summary: "write the Dockerfile, chart and draft.toml an application lacks",
      operands: "[DIRECTORY...]",
      reads: Flow("app, language, pack", ["app", "language", "pack"]),
      writes: Flow("scaffold, pack", ["scaffold", "pack"]),
      options: [
        .pack, .app, .environment,
        Option(
          "dry-run",
          help: "write nothing; report the files that would be written, in the record or as a list on a terminal")
      ],
      examples: ["draft detect ~/src/web | draft scaffold", "draft scaffold --dry-run . | jq .scaffold"]
    ).runReport(begin: Project.begin, words: { try plannedFiles($0) }) { record, call in
      var app = try record.required(App.self)
      let settings = try Settings(for: app, call: call)
      // The name that is about to be written is the one the later stages must use.
      if call.arguments["app"] != nil, settings.name != app.name {
        app.name = settings.name
        record.set(app)
      }
      var language = try record.member(Language.self)
      var pack = try record.member(PackChoice.self)
      if call.arguments["pack"] != nil || pack == nil {
        let selection =
          if call.arguments["pack"] == nil, let language {
            try PackSelection(for: app, language: language, settings: settings, home: Home(), call: call)
          } else {
            try PackSelection(for: app, named: call.arguments["pack"], settings: settings, home: Home(), call: call)
          }
        if let found = selection.language { language = found }
        pack = selection.pack
        if let pack { record.set(pack) }
      }
      let done = try scaffold(
        app, pack: pack, language: language, settings: settings, dryRun: call.arguments.has("dry-run"), call: call)
      if !done.dryRun { trustAuthor(of: done, app, home: try Home(), call: call) }
      record.set(done)
      return .done
    }
  }
}
