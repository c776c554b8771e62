import Archives
import Command
import Contexts
import Glibc
import Records
import Settings

/// Packs an application's chart into a tarball in the draft home; nil if it has none, which draft-release reports.
/// - Throws: ``ArchiveError``; leaves no partial file.
public func packChart(_ app: App, settings: Settings, home: Home) throws -> Chart? {
  if let ready = settings.chartTar, settings.buildTar != nil { return try readyChart(ready, app: app) }
  return try packDirectory(app, settings: settings, home: home)
}

/// The chart as `helm package` makes it; nil if the application has none.
private func packDirectory(_ app: App, settings: Settings, home: Home) throws -> Chart? {
  guard let (path, chart) = try chartFile(app, settings: settings) else { return nil }
  return try packDirectory(path, chart, within: Files.resolve(app.dir), home: home)
}

/// Packs the chart in a directory, as ``packChart(_:settings:home:)`` does that of an application.
/// - Throws: ``ArchiveError``, ``ChartError/notAChart(path:)``.
package func packChart(directory: String, home: Home) throws -> Chart {
  let file = directory + "/Chart.yaml"
  guard Files.exists(file) else { throw ChartError.notAChart(path: directory) }
  return try packDirectory(
    directory, try ChartFile(try ChartFiles.read(file), path: file), within: directory, home: home)
}

/// - Parameter boundary: links may lead this far.
private func packDirectory(_ path: String, _ chart: ChartFile, within boundary: String, home: Home) throws -> Chart {
  let seconds = try SourceDate.seconds() ?? SourceDate.chart
  let loaded = try LoadedChart.toPack(path: path, within: boundary).chart, entries = try loaded.packed()
  let missing = loaded.missing
  guard missing.isEmpty else { throw ChartError.missingDependencies(path: path, names: missing.map(\.name)) }

  let file = "/\(chart.name)-\(chart.version).tgz"
  let result = try TarballCache.charts(home).store(key: "\(path)\0\(seconds)", file: file) { tarball in
    _ = try loaded.write(entries, seconds: seconds) { try tarball.write($0) }
  }
  let payload = Payload(path: result.path, mediaType: MediaType.chart, digest: result.digest, size: result.size)
  return Chart(payload: payload, name: chart.name, version: chart.version, appVersion: chart.appVersion)
}

/// The directory of the application's chart, and its Chart.yaml; nil if it has none.
private func chartFile(_ app: App, settings: Settings) throws -> (directory: String, file: ChartFile)? {
  guard let place = try chartPlace(app, settings: settings) else { return nil }
  let path = "\(app.dir)/\(try confined("chart", place, in: app.dir))", file = path + "/Chart.yaml"
  guard Files.exists(file) else {
    throw ArchiveError.badChart(file: path, line: 0, reason: "is not a chart: it has no Chart.yaml")
  }
  return (path, try ChartFile(try ChartFiles.read(file), path: file))
}

/// The directory of an application's chart. Throws ``ChartError/missing(path:)`` if it has none.
package func chartDirectory(_ app: App, settings: Settings) throws -> String {
  guard let found = try chartFile(app, settings: settings) else { throw ChartError.missing(path: app.dir) }
  return found.directory
}

/// The name of the chart that ``packChart(_:settings:home:)`` would pack; nil if there is none. Throws ``ArchiveError``
/// if the settings name one that is not a chart.
public func chartName(_ app: App, settings: Settings) throws -> String? {
  if let ready = settings.chartTar, settings.buildTar != nil { return try readyChart(ready, app: app).name }
  return try chartFile(app, settings: settings)?.file.name
}
