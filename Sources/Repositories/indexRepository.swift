import Archives
import Charts
import Command
import Glibc
import OCI
import Records
import YAML

/// Writes the index of the archives in a directory and in the directories in it, as `helm repo index` does: the same
/// fields in the same order, the greatest version of each chart first. An archive that was in the index before keeps
/// its time, and an index that would say the same is left alone.
/// - Parameters:
///   - url: where the archives will be; nil for beside the index.
///   - other: an index whose other versions are listed as well; one that is missing is empty.
/// - Returns: where the index is, what is in it, and whether it was left alone.
/// - Throws: ``RepositoryError``, ``ChartError`` for a chart that cannot be in an index. What is no chart is left out,
///   and the user told.
package func indexRepository(_ directory: String, url: String?, merging other: String?, call: Call) throws -> (
  path: String, charts: Int, versions: Int, kept: Bool
) {
  guard Files.isDirectory(directory) else { throw RepositoryError.noDirectory(directory) }
  let path = directory + "/index.yaml", base = url ?? ""
  let old = Files.exists(path) ? try Files.read(path, limit: ChartIndex.limit) : nil
  let times = old == nil ? [:] : (try? creationTimes(path)) ?? [:]
  let now = Instant(seconds: try SourceDate.seconds() ?? time(nil)).text

  var index = IndexWriter()
  for archive in try archives(in: directory) {
    let full = directory + "/" + archive
    let bytes = try Files.read(full, limit: ChartLimits.total)
    let metadata: ChartMetadata
    do { metadata = try checkChart(archive: bytes, path: full) } catch let error as any Diagnosis {
      call.warn("'\(full)' is left out of the index: \(error.message)")
      continue
    }
    let digest = Digest(of: bytes), created = times[digest.hex] ?? now
    index.add(IndexWriter.entry(metadata, digest: digest, urls: [joined(base, archive)], created: created), twice: true)
  }
  if let other, Files.exists(other) { for entry in try entries(of: other) { index.add(entry) } }

  let (charts, versions) = index.count
  if let old, let before = generated(old), index.bytes(generated: before) == old {
    return (path, charts, versions, true)
  }
  try Files.write(index.bytes(generated: now), to: path)
  return (path, charts, versions, false)
}

/// The archives, relative to the directory, in helm's order: those in it, then those one level below.
private func archives(in directory: String) throws -> [String] {
  let names = try Files.list(directory).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  let inner = names.filter { Files.isDirectory(directory + "/" + $0) }.flatMap { name in
    ((try? Files.list(directory + "/" + name)) ?? []).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .map { "\(name)/\($0)" }
  }
  return (names + inner).filter { $0.hasSuffix(".tgz") && !Files.isDirectory(directory + "/" + $0) }
}

/// A path below a URL, or a path: `path.Join` of Go on the part before a `?`, with what may not be in a URL encoded.
private func joined(_ base: String, _ path: String) -> String {
  if base.isEmpty { return path }
  let place = base.prefix { $0 != "?" && $0 != "#" }, rest = base.dropFirst(place.count)
  var scheme = "", tail = String(place)
  if let colon = place.firstRange(of: "://") {
    let host = place[colon.upperBound...].prefix { $0 != "/" }
    scheme = place[..<colon.upperBound] + host + "/"
    tail = String(place[colon.upperBound...].dropFirst(host.count))
  } else if place.hasPrefix("/") {
    scheme = "/"
  }
  var parts: [Substring] = []
  for part in tail.split(separator: "/") + path.split(separator: "/") where part != "." {
    if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
  }
  return scheme + parts.joined(separator: "/") + rest
}

/// When the archive of each digest came into an index.
private func creationTimes(_ path: String) throws -> [String: String] {
  let file = try OpenFile(path, O_RDONLY) { SystemError("cannot read '\(path)'", $0) }
  var times: [String: String] = [:]
  try ChartIndex.walk(fields: ["digest", "created"], readingFrom: file.descriptor, shown: path) { _, item in
    guard let digest = item?.text(0), let created = item?.text(1) else { return }
    times[String(decoding: digest, as: UTF8.self)] = String(decoding: created, as: UTF8.self)
  }
  return times
}

/// The time of an index, which is its last line.
private func generated(_ index: [UInt8]) -> String? {
  guard let line = index.dropLast().split(separator: 0x0A).last, line.starts(with: "generated: ".utf8),
    let yaml = try? YAML(parsing: Array(line))
  else { return nil }
  return yaml["generated"]?.text
}

/// Every version in an index, with the fields that helm knows.
private func entries(of path: String) throws -> [JSON] {
  let yaml: YAML
  do { yaml = try YAML(parsing: Files.read(path, limit: ChartIndex.limit), file: path) } catch let error as YAMLError {
    throw RepositoryError.badIndex(path, reason: "line \(error.line): \(error.reason)")
  }
  guard yaml["apiVersion"] != nil, let charts = yaml["entries"] else {
    throw RepositoryError.badIndex(path, reason: "it has no 'apiVersion' or no 'entries'")
  }
  return (charts.mapping ?? []).flatMap { chart in
    (chart.value.sequence ?? []).compactMap { item -> JSON? in
      guard let metadata = ChartMetadata(indexed: item, shown: path) else { return nil }
      var fields: [(name: String, value: JSON)] = [
        ("urls", item["urls"]?.sequence.map { .strings($0.compactMap(\.text)) } ?? .null),
        ("created", .string(item["created"]?.text ?? "0001-01-01T00:00:00Z"))
      ]
      for key in ["digest", "checksum", "engine", "tillerVersion", "url"] {
        if let text = item[key]?.text, !text.isEmpty { fields.append((key, .string(text))) }
      }
      if item["removed"]?.text == "true" { fields.append(("removed", .bool(true))) }
      return metadata.json.setting(fields)
    }
  }
}
