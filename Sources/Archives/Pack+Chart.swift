import Command
import Glibc
import Records
import Settings

/// The chart as the package `helm package` makes; nil when the application has none.
func packChartDirectory(_ app: App, settings: Settings, home: Home) throws -> Chart? {
  guard let place = try chartPlace(app, settings: settings) else { return nil }
  let path = "\(app.dir)/\(try confined("chart", place, in: app.dir))"
  guard Files.exists(path + "/Chart.yaml") else {
    throw ArchiveError.badChart(file: path, line: 0, reason: "is no chart: it has no Chart.yaml")
  }
  let chartFile = path + "/Chart.yaml"
  let chart = try ChartFile(try ChartWriter.read(chartFile), path: chartFile)
  let ignoreFile = path + "/.helmignore"
  var ignore = try HelmIgnore(Files.exists(ignoreFile) ? try ChartWriter.read(ignoreFile) : [], path: ignoreFile)
  try ignore.addChartDefaults()
  let seconds = try SourceDate.seconds(or: SourceDate.chart)

  let file = "/\(chart.name)-\(chart.version).tgz"
  let result = try TarballCache.charts(home).store(key: "\(path)\0\(seconds)", file: file) { tarball in
    let writer = try TarWriter(seconds: seconds, gzip: true) { try tarball.write($0) }
    try ChartWriter(chart: path, within: try Files.resolve(app.dir), name: chart.name, ignore: ignore, writer: writer).run()
    try writer.finish()
  }
  let payload = Payload(path: result.path, mediaType: MediaType.chart, digest: result.digest, size: result.size)
  return Chart(payload: payload, name: chart.name, version: chart.version, appVersion: chart.appVersion)
}
