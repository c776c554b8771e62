import Attach
import Command
import Pipeline
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-sync", summary: "copy changed files into the running containers of an application",
      operands: "[DIRECTORY...]",
      reads: Flow(
        "records with 'context' and 'chart'; packs them if a record has none",
        ["app", "context", "chart", "change"]),
      writes: Flow("the same records with 'sync'", ["context", "chart", "sync"]),
      options: [
        .environment, .kubeContext, .namespace, .registry, .set,
        Option("restart", help: "restart the program: send SIGHUP to the first process of the container"),
        Option("signal", value: .words(Synchronizer.signals), help: "send this signal instead")
      ],
      examples: [
        "draft watch . | draft pack | draft sync | draft build | draft push | draft release", "draft sync --restart web"
      ]
    ).runStage(begin: { directory, call in try Project.begin(directory: directory, call: call) }) { record, call in
      let line = try Pipeline(record, call: call)
      let context = try line.context(of: &record), chart = try line.chart(of: &record)
      // One for all records: it keeps what it knows of the pods from one change to the next.
      let all = call.memory.value {
        Synchronizer(signal: call.arguments["signal"] ?? (call.arguments.has("restart") ? "HUP" : nil), call: call)
      }
      record.set(
        try all.sync(
          line.app, context: context, chart: chart, change: record.member(), settings: line.settings, home: line.home))
    }
  }
}
