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
  if let build = settings.buildTar, let chart = settings.chartTar {
    return (try readyContext(build, app: app, settings: settings), try readyChart(chart, app: app))
  }
  let context = try packContext(app, settings: settings, home: home) { call?.warn($0) }
  return (context, try packChart(app, settings: settings, home: home))
}

/// The path of a file the settings name, relative to the application's directory, after checking that it lies in there.
func confined(_ setting: String, _ name: String, in directory: String) throws -> String {
  let root = try Files.resolve(directory)
  let path = name.hasPrefix("/") ? name : directory + "/" + name
  guard Files.exists(path) else { throw SystemError("cannot find '\(path)'", ENOENT) }
  let resolved = try Files.resolve(path)
  guard resolved.hasPrefix(root + "/") else { throw ArchiveError.outside(setting: setting, path: name, directory: directory) }
  return String(resolved.dropFirst(root.utf8.count + 1))
}
