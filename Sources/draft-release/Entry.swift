import Command
import Pipeline
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-release", summary: "release an application to Kubernetes or to podman", operands: "[DIRECTORY...]",
      reads: "records with 'chart' and 'image'; packs, builds and pushes what a record has not", writes: "the same records with 'values' and 'release'",
      options: [
        .environment, .kubeContext,
        Option("namespace", value: "NAME", help: "the namespace to release to"),
        .runsByEngine,
        Option("set", value: "KEY=VALUE", repeats: true, help: "set a value of the chart, in helm's syntax"),
        Option("take-over", help: "replace a release that is not draft's, or of another chart"),
        Option("wait", help: "wait until the application is ready (the default)"),
        Option("no-wait", help: "do not wait until the application is ready"),
        Option("timeout", value: "SECONDS", help: "how long to wait (default: 300)"),
      ],
      examples: ["draft pack . | draft build | draft push | draft release | jq -r '.release.urls[]'", "draft release --kube-context staging web"], passesSynced: true
    ).runStage(begin: { directory, call in try Project.begin(directory: directory, call: call) }, patience: .forCluster) { record, call in
      let line = try Pipeline(record, call: call)
      var told = try record[Target.name]?["replaces"]?.string
      // Without a chart there is nothing to release: say so before building for minutes.
      guard let chart = try line.chart(of: &record) else { throw ReleaseError.noChart(directory: line.app.dir) }
      // What is in no registry because draft-push was left out stays so; what is built here is pushed.
      var pushed: Image?
      if !record.has(Image.name) {
        told = try checkStanding(line.app, chart: chart.name, settings: line.settings, call: call) ?? told
        pushed = try line.pushed(of: &record)
        if pushed == nil { warnOfNoRegistry(line.settings, call: call) }
      }
      let image = try pushed ?? line.image(of: &record)
      let done = try release(line.app, image: image, chart: chart, told: told, settings: line.settings, home: line.home, call: call)
      record.set(done.values)
      record.set(done.release)
    }
  }
}
