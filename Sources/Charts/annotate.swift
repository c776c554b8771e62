import Archives
import Command
import Glibc
import OCI
import YAML

/// Writes the archive of a chart again with other annotations in its Chart.yaml; every other file stays as it is.
/// - Parameters:
///   - directory: for the new archive, which only we may read.
///   - change: is given the annotations, and returns the new ones.
/// - Returns: the path of the new archive.
/// - Throws: ``ArchiveError``, ``ChartError``.
package func annotate(
  _ archive: String, in directory: String, change: ([String: String]) -> [String: String]
) throws -> String {
  let source = try openTarball(archive) { .unreadable(path: archive, errno: $0) }
  let reader = try TarReader(descriptor: source.descriptor, name: archive, hashes: false)
  let path = directory + "/chart.tgz"
  let target = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600) {
    SystemError("cannot create '\(path)'", $0, code: .cannotCreate)
  }
  let stream = try GzipStream(to: target.descriptor, level: 1, isText: true, name: archive)
  let writer = try TarWriter(seconds: SourceDate.chart, gzip: false) { try stream.write($0) }
  while let member = try reader.next() {
    guard case .file = member.kind else { continue }
    guard member.size <= ChartLimits.total else {
      throw ChartError.tooLarge(path: archive, what: "unpacks to more than \(ChartLimits.total >> 20) MB")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(member.size)
    try reader.data { piece, _ in bytes += piece }
    let parts = member.path.split(separator: UInt8(ascii: "/"))
    if parts.count == 2, parts[1].elementsEqual("Chart.yaml".utf8) {
      let shown = archive + "/Chart.yaml"
      var metadata = try ChartMetadata(
        ChartDocument(ChartEntry(name: "Chart.yaml", bytes: bytes), shown: shown), shown: shown)
      metadata.annotations = change(metadata.annotations)
      bytes = YAML.text(metadata.json)
    }
    try writer.begin(member.path, .file(size: bytes.count), mode: 0o644)
    try bytes.withUnsafeBytes { try writer.data($0) }
  }
  try writer.finish()
  _ = try stream.finish()
  return path
}
