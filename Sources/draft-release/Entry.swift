import Charts
import Command
import Environments
import Pipeline
import Records
import Releases
import Settings
import Synchronization

@main struct Entry {
  static func main() {
    Command(
      name: "draft-release", summary: "release an application to Kubernetes or to podman",
      operands: Operands("[DIRECTORY|CHART|ENVIRONMENT/RELEASE...]", .directory, .file),
      reads: Flow(
        "records with 'chart' and 'image'; packs, builds and pushes what a record lacks",
        ["app", "chart", "fetch", "image", "values", "order", "origin", "target"]),
      writes: Flow(
        "the same records with 'values', 'release' and 'origin'",
        ["context", "chart", "image", "push", "values", "release", "origin"]),
      options: [
        .environment, .kubeContext, .namespace, .engine, .set,
        Option("name", value: "NAME", help: "the name of the release of a chart (default: an unused random one)"),
        Option("values", "f", value: "FILE", repeats: true, help: "a values file for a chart"), .takeOver, .wait,
        .noWait, .timeout
      ],
      examples: [
        "draft pack . | draft build | draft push | draft release | jq -r '.release.urls[]'",
        "draft release --name taco-tuesday -f values.yaml stable/taco"
      ], passesSynced: true, keepsOrder: true
    ).runStage(
      begin: { try begin($0, call: $1) }, parts: { ($0.name, try operands($0)) }, patience: .forCluster
    ) { record, call in
      let line = try Pipeline(record, call: call)
      if let resources: Resources = try record.member() {
        record.set(try apply(line.settings.place(line.app), resources: resources, settings: line.settings, call: call))
        return
      }
      var options = try ReleaseOptions(timeout: call.arguments["timeout"], takesOver: call.arguments.has("take-over"))
      options.isOfChart = call.line.value(Beginning.init).isOfChart.withLock { $0 }
      if !options.isOfChart, let option = ["name", "values"].first(where: call.arguments.has) {
        throw UsageError("option '--\(option)' is for a chart, not for application '\(line.app.name)'")
      }
      var told = try record[Target.name]?["replaces"]?.string
      // Without a chart nothing can be released: report that before building for minutes.
      guard let chart = try line.chart(of: &record) else { throw ReleaseError.noChart(directory: line.app.dir) }
      let origin = try origin(of: record, app: line.app, chart: chart, settings: line.settings)
      if let declared = line.declared {
        var done: (release: Release, values: Values)
        while true {
          do {
            done = try release(
              record.required(App.self), image: nil, chart: chart, origin: origin, declared: declared, options: options,
              told: told, settings: line.settings, home: line.home, call: call)
            break
          } catch ReleaseError.nameTaken where options.isOfChart && call.arguments["name"] == nil {
            // Somebody has taken the random name since.
            record.set(try renamed(record))
          }
        }
        if options.isNew { call.say("Created \(done.release.name)") }
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

  /// Whether the line at hand began with a chart.
  private final class Beginning: Sendable { let isOfChart = Mutex(false) }

  /// The operands. Without any, a values file names the chart.
  private static func operands(_ call: Call) throws -> [String] {
    let operands = call.arguments.operands, files = call.arguments.all("values")
    if call.arguments.has("name"), operands.count > 1 {
      throw UsageError("option '--name' is for one chart, not \(operands.count)")
    }
    guard operands.isEmpty, let file = files.first else { return operands }
    for file in files {
      if let reference = try ChartReference.named(inValues: Files.read(file)) { return ["\(reference)"] }
    }
    throw ReleaseError.namesNoChart(file: file)
  }

  /// Whether an operand is a chart: a directory with Chart.yaml that is no application, an archive, a reference.
  private static func isChart(_ operand: String) -> Bool {
    if Files.isDirectory(operand) {
      return Files.exists(operand + "/Chart.yaml") && !Files.exists(operand + "/draft.toml")
    }
    if Files.exists(operand) { return operand.hasSuffix(".tgz") }
    return switch try? ChartReference(operand) {
    case .helm, .oci, .url: true
    case .repository(let name, _, _): !Files.isDirectory(name)
    case .path, nil: false
    }
  }

  /// The line of a new release of a chart.
  private static func begin(chart: String, call: Call) throws -> Record {
    call.line.value(Beginning.init).isOfChart.withLock { $0 = true }
    return try newRelease(
      of: chart, name: call.arguments["name"] ?? Name.random(), files: call.arguments.all("values"), home: Home(),
      call: call)
  }

  private static func renamed(_ record: Record) throws -> App {
    var app: App = try record.required()
    app.name = Name.random()
    return app
  }

  /// The line of a directory, or of a release that environments.yaml here declares.
  private static func begin(_ operand: String, call: Call) throws -> Record {
    guard let (environment, _) = operand.cut(at: "/"), !operand.hasPrefix("."), !Files.exists(operand),
      let declared = try? Environments(nil, home: Home(), call: call), declared.names.contains(environment)
    else {
      return try isChart(operand)
        ? begin(chart: operand, call: call) : Project.begin(directory: operand, call: call)
    }
    try declared.check()
    var found: Record?
    try declared.read(operand) { found = $0.record }
    guard let record = found else { return try Project.begin(directory: operand, call: call) }
    if let failure: Failure = try record.member() { throw failure }
    return record
  }
}
