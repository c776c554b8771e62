import Command
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-redeploy", summary: "release the chart and values of a revision again, with new pods",
      operands: "[NAME|DIRECTORY...]",
      reads: Flow("names of releases, directories, or records with 'app'", ["app"]),
      writes: Flow("the same records with 'release'", ["release"]),
      options: [
        .environment, .kubeContext, .namespace, .engine,
        Option(
          "revision", value: "NUMBER", help: "use the chart and the values of this revision (default: the newest)"),
        Option("values", "f", value: "FILE", repeats: true, help: "a values file, applied on top of the stored values"),
        .set, .wait, .noWait, .timeout
      ],
      examples: ["draft list | draft redeploy -j 4", "draft redeploy -f values.yaml taco-tuesday"]
    ).runStage(begin: { operand, call in try subject(operand, changing: true, call: call) }) { record, call in
      let text = call.arguments["revision"], revision = text.flatMap { Int($0) }
      if let text, revision.map({ $0 < 1 }) ?? true {
        throw UsageError("option '--revision' takes a number from 1, not '\(text)'")
      }
      record.set(
        try redeploy(
          record, revision: revision, files: call.arguments.all("values"), set: call.arguments.all("set"),
          options: try ReleaseOptions(timeout: call.arguments["timeout"]), home: try Home(), call: call))
    }
  }
}
