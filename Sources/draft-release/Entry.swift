import Command
import Pipeline
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-release", summary: "release an application to Kubernetes or to podman", operands: "[DIRECTORY...]",
      reads: Flow(
        "records with 'chart' and 'image'; packs, builds and pushes what a record lacks",
        ["app", "chart", "image", "target"]),
      writes: Flow(
        "the same records with 'values' and 'release'", ["context", "chart", "image", "push", "values", "release"]),
      options: [
        .environment, .kubeContext, .namespace, .engine, .set, .takeOver, .wait, .noWait, .timeout
      ],
      examples: [
        "draft pack . | draft build | draft push | draft release | jq -r '.release.urls[]'",
        "draft release --kube-context staging web"
      ], passesSynced: true
    ).runStage(begin: { directory, call in try Project.begin(directory: directory, call: call) }, patience: .forCluster)
    { record, call in
      let line = try Pipeline(record, call: call)
      let options = try ReleaseOptions(timeout: call.arguments["timeout"], takesOver: call.arguments.has("take-over"))
      var told = try record[Target.name]?["replaces"]?.string
      // Without a chart nothing can be released: report that before building for minutes.
      guard let chart = try line.chart(of: &record) else { throw ReleaseError.noChart(directory: line.app.dir) }
      // An image that was not pushed because draft-push was left out stays local; an image built here is pushed.
      var pushed: Image?
      if !record.has(Image.name) {
        told =
          try checkStanding(
            line.app, chart: chart.name, takesOver: options.takesOver, settings: line.settings, call: call) ?? told
        pushed = try line.pushed(of: &record)
        if pushed == nil { warnOfNoRegistry(line.settings, call: call) }
      }
      let image = try pushed ?? line.image(of: &record)
      let done = try release(
        line.app, image: image, chart: chart, options: options, told: told, settings: line.settings, home: line.home,
        call: call)
      record.set(done.values)
      record.set(done.release)
    }
  }
}
