import Archives
import CSystem
import Command
import Glibc
import Records

/// What the chart in the bytes of a `.tgz` is; it is loaded as a whole, within the limits.
/// - Parameter path: what messages call it.
/// - Throws: ``ChartError``, ``ArchiveError``; also for a name or version that cannot be that of a file.
package func checkChart(archive bytes: [UInt8], path: String) throws -> ChartMetadata {
  let chart = try LoadedChart(archive: bytes, path: path)
  guard ChartReference.isFileName(chart.metadata.name), ChartReference.isFileName(chart.metadata.version) else {
    throw ChartError.bad(file: path, line: 0, reason: "has a name or a version that cannot be in a file name")
  }
  return chart.metadata
}

/// Writes the files of a chart into a new directory, which appears when it is complete.
/// - Parameters:
///   - bytes: a `.tgz`.
///   - path: where; its parent is there.
/// - Returns: whether it was made; false if there is something at the path.
package func unpackChart(_ bytes: [UInt8], to path: String, shown: String) throws -> Bool {
  var left = ChartBudget(path: shown)
  let files = try ChartFiles.of(archive: try TarReader(bytes: bytes, name: shown), path: shown, &left)
  let temporary = try Temporary.directory(beside: path)
  defer { Temporary.remove(temporary) }
  for file in files {
    let place = temporary + "/" + file.name
    try Files.makeDirectories(String(place[..<place.lastIndex(of: "/")!]))
    try Files.write(file.bytes, to: place, replacing: true, durable: false)
  }
  guard chmod(temporary, 0o755) == 0 else { throw SystemError("cannot create '\(path)'", errno, code: .cannotCreate) }
  if csystem_rename_noreplace(temporary, path) == 0 {
    Temporary.forget(temporary)
    return true
  }
  guard errno == EEXIST else { throw SystemError("cannot create '\(path)'", errno, code: .cannotCreate) }
  return false
}
