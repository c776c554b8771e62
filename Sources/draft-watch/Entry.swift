import Command
import Glibc
import Records
import Settings
import Watching

@main struct Entry {
  static func main() {
    Command(
      name: "draft-watch", summary: "write a record whenever an application changes", operands: "[DIRECTORY...]",
      reads: Flow("records with 'app', or directories", ["app"]),
      writes: Flow("each record with 'change': once at the start, then whenever its application changes", ["change"]),
      options: [
        .environment,
        Option(
          "watch-delay", value: "SECONDS",
          help: "how long to wait after the last change before writing a record (default: draft.toml, then 2)"),
        Option("auto", help: "watch only if draft.toml has 'watch = true'; write the other records once")
      ],
      examples: [
        "draft watch ~/src/web | draft pack | draft build | draft push | draft release",
        "draft watch -q . | jq --unbuffered -r .change.paths[]"
      ]
    ).runSource(Watcher?.none, begin: { directory, call in try Project.begin(directory: directory, call: call) }) {
      watcher, record, call in
      let app: App = try record.required()
      let settings = try Settings(for: app, call: call)
      if call.arguments.has("auto"), !settings.watch { return }
      record.set(Change(sequence: 0, paths: []))
      let tree = try WatchedTree(record: record, app: app, settings: settings, home: Home().path)
      let current = try watcher ?? Watcher()
      watcher = current
      try current.add(tree)
    } then: { watcher, call, emit in
      guard let watcher, !watcher.isEmpty else { return .done }
      call.pass("Watching local files for changes...\n")
      return try watcher.run(emit) { call.report($0) }
    }
  }
}
