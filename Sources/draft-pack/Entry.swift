import Archives
import Command
import Pipeline
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-pack", summary: "pack the build context and the chart of an application", operands: "[DIRECTORY...]",
      reads: Flow("records with 'app', or directories", ["app"]),
      writes: Flow("the records, with 'context' and 'chart' added", ["context", "chart"]),
      options: [
        .environment, .dockerfile,
        Option(
          "chart", value: Option.Value("PATH", .directory),
          help: "the path of the chart, relative to the directory (default: the chart in charts/)")
      ],
      examples: ["draft pack ~/src/web | jq .context", "draft detect | draft scaffold | draft pack | draft build"]
    ).runStage(begin: { directory, call in try Project.begin(directory: directory, call: call) }) { record, call in
      let app: App = try record.required()
      // A record from standard input began before this `draft up` and without its lock.
      try UpLock.hold(app)
      let (context, chart) = try pack(app, settings: Settings(for: app, call: call), home: Home(), call: call)
      record.set(context)
      if let chart { record.set(chart) }
      call.debug("packed \(context.files) entries of '\(app.dir)' into \(context.payload.size) bytes")
    }
  }
}
