import Command
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-release", summary: "release an application to Kubernetes or to podman", operands: "[DIRECTORY...]",
      reads: "app, chart, image", writes: "values, release",
      options: [
        .environment, .kubeContext,
        Option("namespace", value: "NAME", help: "the namespace to release to"),
        Option("set", value: "KEY=VALUE", repeats: true, help: "set a value of the chart, in helm's syntax"),
        Option("wait", help: "wait until the application is ready (the default)"),
        Option("no-wait", help: "do not wait until the application is ready"),
        Option("engine", value: "helm|podman", help: "what runs it (default: helm when a kube context is configured, else podman)"),
        Option("timeout", value: "SECONDS", help: "how long to wait for it to be ready (default: 300)"),
      ],
      examples: ["draft pack . | draft build | draft push | draft release", "draft release ~/src/web"]
    ).runStage(begin: { try Project.begin(directory: $0, call: $1) }) { record, call in
      let app = try record.required(App.self)
      let settings = try Settings(for: app, call: call)
      let chart = try record.required(Chart.self), image = try record.required(Image.self)
      let (release, values) = try Releases.release(app, image: image, chart: chart, settings: settings, home: try Home(), call: call)
      record.set(values)
      record.set(release)
    }
  }
}
