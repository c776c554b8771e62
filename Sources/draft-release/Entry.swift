import Command
import Environments
import Pipeline
import Records
import Releases
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-release", summary: "release an application to Kubernetes or to podman",
      operands: Operands("[DIRECTORY|ENVIRONMENT/RELEASE...]", .directory),
      reads: Flow(
        "records with 'chart' and 'image'; packs, builds and pushes what a record lacks",
        ["app", "chart", "fetch", "image", "values", "order", "origin", "target"]),
      writes: Flow(
        "the same records with 'values', 'release' and 'origin'",
        ["context", "chart", "image", "push", "values", "release", "origin"]),
      options: [
        .environment, .kubeContext, .namespace, .engine, .set, .takeOver, .wait, .noWait, .timeout
      ],
      examples: [
        "draft pack . | draft build | draft push | draft release | jq -r '.release.urls[]'",
        "draft release --kube-context staging web"
      ], passesSynced: true, keepsOrder: true
    ).runStage(begin: { try begin($0, call: $1) }, patience: .forCluster) { record, call in
      let line = try Pipeline(record, call: call)
      if let resources: Resources = try record.member() {
        record.set(try apply(line.settings.place(line.app), resources: resources, settings: line.settings, call: call))
        return
      }
      let options = try ReleaseOptions(timeout: call.arguments["timeout"], takesOver: call.arguments.has("take-over"))
      var told = try record[Target.name]?["replaces"]?.string
      // Without a chart nothing can be released: report that before building for minutes.
      guard let chart = try line.chart(of: &record) else { throw ReleaseError.noChart(directory: line.app.dir) }
      let origin = try origin(of: record, app: line.app, chart: chart, settings: line.settings)
      if let declared = line.declared {
        let done = try release(
          line.app, image: nil, chart: chart, origin: origin, declared: declared, options: options, told: told,
          settings: line.settings,
          home: line.home, call: call)
        record.set(done.values)
        record.set(done.release)
        if let origin { record.set(origin) }
        return
      }
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
        line.app, image: image, chart: chart, origin: origin, options: options, told: told, settings: line.settings,
        home: line.home,
        call: call)
      record.set(done.values)
      record.set(done.release)
      if let origin { record.set(origin) }
    }
  }

  /// The line of a directory, or of a release that environments.yaml here declares.
  private static func begin(_ operand: String, call: Call) throws -> Record {
    guard let (environment, _) = operand.cut(at: "/"), !operand.hasPrefix("."), !Files.exists(operand),
      let declared = try? Environments(nil, home: Home(), call: call), declared.names.contains(environment)
    else { return try Project.begin(directory: operand, call: call) }
    try declared.check()
    var found: Record?
    try declared.read(operand) { found = $0.record }
    guard let record = found else { return try Project.begin(directory: operand, call: call) }
    if let failure: Failure = try record.member() { throw failure }
    return record
  }
}
