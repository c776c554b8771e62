import Archives
import Command
import Records
import Settings
import Tasks

/// Releases the application as the record requests: the chart with the image, by helm or by podman. Does nothing if
/// that already runs. One release of an application at a time; others wait.
///
/// - Parameters:
///   - told: whose release exists, if reported already; see ``checkStanding(_:chart:takesOver:settings:call:)``.
///   - image: nil for a chart of an environment, whose values name its images.
///   - origin: where the chart came from, to store with the release; see ``origin(of:app:chart:settings:)``.
///   - declared: the values of such a chart, which are all it is given.
///   - chart: as its tarball has it; see `Chart.checked()`.
/// - Throws: ``ReleaseError``, ``ClusterError``, ``HelmError``, ``RolloutError``, ``PodmanError``, and
///   ``ProgramMissing`` for a missing helm or podman (exit code 69).
/// - Returns: the release, and the values its chart was given.
public func release(
  _ app: App, image: Image?, chart: Chart, origin: ChartOrigin? = nil, declared: Values? = nil, options: ReleaseOptions,
  told: String? = nil,
  settings: Settings,
  home: Home, call: Call
) throws -> (release: Release, values: Values) {
  var app = app
  app.namespace = settings.namespace
  let engine = try Engine(settings: settings, call: call)
  let order = try Order(
    app: app, image: image, chart: chart, origin: origin, declared: declared, settings: settings, engine: engine,
    options: options,
    note: TaskNote.due(home: home, app: app, context: engine.context), call: call)
  let lock = try ReleaseLock(home: home, app: app, engine: engine)
  let release =
    switch engine {
    case .helm(let context): try HelmEngine(order: order, context: context, lock: lock, told: told).release()
    case .podman: try PodmanEngine(order: order, home: home, lock: lock, told: told).release()
    }
  return (release, order.told(declared))
}
