import Archives
import Command
import Glibc
import OCI
import Records

extension LoadedChart {
  /// The files of the archive that `helm package` makes of this chart, in its order: Chart.yaml as helm writes it, the
  /// lock, values and schema, templates, the other files, and the sub-charts, unpacked.
  /// - Throws: ``ChartError/bad(file:line:reason:)`` for a schema that is not JSON.
  package func packed() throws -> [ChartEntry] {
    var entries = [ChartEntry(name: "Chart.yaml", bytes: metadata.packed)]
    if let lock, metadata.apiVersion == "v2" { entries.append(ChartEntry(name: "Chart.lock", bytes: lock.packed)) }
    if let values { entries.append(ChartEntry(name: values.name, bytes: values.bytes)) }
    if let schema {
      do { _ = try JSON(parsing: schema.bytes) } catch {
        throw ChartError.bad(
          file: shown(schema.name), line: 0, reason: "is not JSON: column \(error.column): \(error.reason)")
      }
      entries.append(schema)
    }
    entries += templates + files
    var names: Set<String> = []
    for chart in subcharts {
      // Two versions of one chart get two directories: helm accepts any name there.
      var name = chart.metadata.name
      if !names.insert(name).inserted {
        name += "-" + chart.metadata.version
        guard names.insert(name).inserted else {
          throw ChartError.badSubchart(path: shown(""), name: name, reason: "it is in charts/ twice")
        }
      }
      entries += try chart.packed().map { ChartEntry(name: "charts/\(name)/\($0.name)", bytes: $0.bytes) }
    }
    return entries
  }

  /// Writes the chart as a `.tgz` for helm. The same chart gives the same bytes.
  /// - Parameters:
  ///   - entries: the files; see ``packed()``.
  ///   - seconds: the modification time of every file.
  ///   - sink: receives the archive's bytes, in order.
  /// - Returns: the digest and size of the archive.
  package func write(
    _ entries: [ChartEntry], seconds: Int, sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws -> (digest: Digest, size: Int) {
    // A header and whole blocks for each file, and the end.
    let expected = entries.reduce(2_048) { $0 + 1_024 + $1.bytes.count }
    let stream = try GzipStream(level: 1, isText: true, expected: expected, name: path, sink: sink)
    let writer = try TarWriter(seconds: seconds, gzip: false) { try stream.write($0) }
    let name = Array(metadata.name.utf8) + [UInt8(ascii: "/")]
    for entry in entries {
      try writer.begin(name + Array(entry.name.utf8), .file(size: entry.bytes.count), mode: 0o644)
      try entry.bytes.withUnsafeBytes { try writer.data($0) }
    }
    try writer.finish()
    let (_, digest, size) = try stream.finish()
    return (digest, size)
  }
}
