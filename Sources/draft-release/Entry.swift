import Archives
import Command
import Images
import Records
import Registry
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
        Option("engine", value: "helm|podman", help: "what runs it (default: helm when a kube context is configured, else podman)"),
        Option("set", value: "KEY=VALUE", repeats: true, help: "set a value of the chart, in helm's syntax"),
        Option("wait", help: "wait until the application is ready (the default)"),
        Option("no-wait", help: "do not wait until the application is ready"),
        Option("timeout", value: "SECONDS", help: "how long to wait (default: 300)"),
      ],
      examples: ["draft pack . | draft build | draft push | draft release | jq -r '.release.urls[]'", "draft release --kube-context staging web"], passesSynced: true
    ).runStage(begin: { directory, call in try Project.begin(directory: directory, call: call) }) { record, call in
      let app = try record.required(App.self), settings = try Settings(for: app, call: call), home = try Home()
      var chart = try record.member(Chart.self), image = try record.member(Image.self)
      if chart == nil || image == nil {
        let packed = try pack(app, settings: settings, home: home, call: call)
        chart = chart ?? packed.chart
        // Without a chart there is nothing to release: say so before building for minutes.
        guard chart != nil else { throw ReleaseError.noChart(directory: app.dir) }
        if image == nil {
          let built = try build(app, context: packed.context, settings: settings, home: home, call: call)
          image = try push(built, settings: settings, home: home, call: call)?.image ?? built
        }
      }
      guard let chart, let image else { throw ReleaseError.noChart(directory: app.dir) }
      let done = try release(app, image: image, chart: chart, settings: settings, home: home, call: call)
      record.set(done.values)
      record.set(done.release)
    }
  }
}
