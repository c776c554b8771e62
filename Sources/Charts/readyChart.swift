import Archives
import Command
import Contexts
import Glibc
import Records
import Settings

/// The chart that `chart-tar` names, packed by another tool.
func readyChart(_ name: String, app: App) throws -> Chart {
  try chart(in: app.dir + "/" + (try confined("chart-tar", name, in: app.dir)))
}

/// The chart in a tarball, from its Chart.yaml.
package func chart(in path: String) throws -> Chart {
  let file = try openTarball(path) { .unreadable(path: path, errno: $0) }
  let reader = try TarReader(descriptor: file.descriptor, name: path)
  var chart: ChartFile?
  while let member = try reader.next() {
    let parts = member.path.split(separator: UInt8(ascii: "/"))
    guard parts.count == 2, parts[1].elementsEqual("Chart.yaml".utf8), member.size <= 5 << 20 else { continue }
    var bytes = [UInt8](repeating: 0, count: member.size)
    try reader.data { piece, offset in
      guard offset >= 0, offset + piece.count <= bytes.count else {
        throw ArchiveError.badArchive(path: path, reason: "a file is longer than its header says")
      }
      bytes.replaceSubrange(offset..<(offset + piece.count), with: piece)
    }
    chart = try ChartFile(bytes, path: path + "/" + PathBytes.text(member.path))
  }
  guard let chart else {
    throw ArchiveError.badChart(file: path, line: 0, reason: "is not a chart: it has no Chart.yaml")
  }
  let (digest, size) = reader.finish()
  let payload = Payload(path: path, mediaType: MediaType.chart, digest: digest, size: size)
  return Chart(payload: payload, name: chart.name, version: chart.version, appVersion: chart.appVersion)
}
