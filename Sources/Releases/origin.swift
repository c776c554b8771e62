import Charts
import Command
import Helm
import Records
import Settings

/// Where the chart of a record came from, for `release` to store with the release: what the record says, the reference
/// it was fetched by, or the directory of the application. nil if that is not known.
/// - Throws: ``RecordError``.
public func origin(of record: Record, app: App, chart: Chart, settings: Settings) throws -> ChartOrigin? {
  let digest = chart.payload.digest
  let files = try record.member(Values.self)?.files.map { $0.reference ?? $0.path } ?? []
  if var told: ChartOrigin = try record.member(), told.digest == digest {
    if told.values.isEmpty { told.values = files }
    return told
  }
  if let fetch: Fetch = try record.member() {
    let reference = fetch.exact ?? fetch.reference
    return reference.hasPrefix("/")
      ? ChartOrigin(directory: reference, host: ChartOrigin.here, digest: digest, values: files)
      : ChartOrigin(reference: reference, digest: digest, values: files)
  }
  // On a server the directory is not that of the user.
  guard app.by == nil, !app.dir.isEmpty, try chartName(app, settings: settings) == chart.name,
    let directory = try? chartDirectory(app, settings: settings)
  else { return nil }
  return ChartOrigin(directory: directory, host: ChartOrigin.here, digest: digest, values: files)
}

/// Packs the chart in a directory, and says what that is called.
/// - Throws: ``ArchiveError``, ``ChartError/notAChart(path:)``.
public func localChart(directory: String, home: Home, call: Call) throws -> (chart: Chart, origin: ChartOrigin) {
  let path = try Files.resolve(directory), chart = try packChart(directory: path, home: home)
  call.say("Uploading \(directory) as localchart/\(chart.name)-\(chart.version).tgz")
  return (chart, ChartOrigin(directory: path, host: ChartOrigin.here, digest: chart.payload.digest))
}
