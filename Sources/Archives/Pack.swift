import Command
import Glibc
import Records
import Settings

/// Packs the build context and the chart of an application into tarballs in the draft home.
///
/// - Parameters:
///   - call: where warnings go; nil leaves them out.
/// - Returns: the chart is nil when the application has none, which draft-release is the one to complain about.
/// - Throws: ``ArchiveError``, with nothing half-written left behind.
public func pack(_ app: App, settings: Settings, home: Home, call: Call? = nil) throws -> (context: Context, chart: Chart?) {
  (try packContext(app, settings: settings, home: home, call: call), try packChart(app, settings: settings, home: home))
}

/// The context alone; see ``pack(_:settings:home:call:)``.
public func packContext(_ app: App, settings: Settings, home: Home, call: Call? = nil) throws -> Context {
  // A context that somebody else has packed counts only together with the chart.
  if let ready = settings.buildTar, settings.chartTar != nil { return try readyContext(ready, app: app, settings: settings, home: home) }
  return try packContext(app, settings: settings, home: home) { call?.warn($0) }
}

/// The chart alone; nil when the application has none.
public func packChart(_ app: App, settings: Settings, home: Home) throws -> Chart? {
  if let ready = settings.chartTar, settings.buildTar != nil { return try readyChart(ready, app: app) }
  return try packChartDirectory(app, settings: settings, home: home)
}

/// The path of a file the settings name, relative to the application's directory, after checking that it lies in there.
func confined(_ setting: String, _ name: String, in directory: String) throws -> String {
  let root = try Files.resolve(directory)
  let path = name.hasPrefix("/") ? name : directory + "/" + name
  guard Files.exists(path) else { throw SystemError("cannot find '\(path)'", ENOENT) }
  let resolved = try Files.resolve(path)
  guard let relative = Files.relative(resolved, to: root) else { throw ArchiveError.outside(setting: setting, path: name, directory: directory) }
  return relative
}
