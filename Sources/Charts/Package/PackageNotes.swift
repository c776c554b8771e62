import Command
import Contexts
import Glibc
import OCI
import Records
import Settings

/// Which archive each chart was packed into last, in `cache/packages` of the draft home: while neither the files of the
/// chart nor the archive have been written to, packing it again reads nothing. May be deleted at any time.
package struct PackageNotes: Sendable {
  private let cache: Cache

  package init(_ home: Home) throws { cache = try home.cache("packages", limit: 2_000, bytes: 64 << 20) }

  /// What an archive depends on beside the files.
  struct Key {
    fileprivate let name: String

    /// - Parameters:
    ///   - source: the directory of the chart, absolute.
    ///   - destination: the directory of the archive, absolute.
    init(source: String, destination: String, _ order: PackageOrder) {
      func given(_ text: String?) -> String { text.map { "=" + $0 } ?? "" }
      let parts = [
        draftVersion, source, destination, given(order.version), given(order.appVersion), "\(order.seconds)"
      ]
      name = String(SHA256.digest(Array(parts.joined(separator: "\0").utf8)).dropFirst(7))
    }
  }

  /// What packing would give; nil if that is not known.
  func packed(_ key: Key) -> (chart: Chart, package: Package)? {
    // The digest of the rest stands in front: a note is written in place.
    guard let bytes = cache.read(key.name), bytes.count > 65,
      bytes[..<64].elementsEqual(SHA256.digest(Array(bytes[65...])).utf8.dropFirst(7)),
      let feed = bytes[65...].firstIndex(of: 0x0A), let json = try? JSON(parsing: Array(bytes[65..<feed])),
      let archive = json["archive"]?.string, let digest = json["digest"]?.string, let size = json["size"]?.integer,
      let name = json["name"]?.string, let version = json["version"]?.string, let files = json["files"]?.integer
    else { return nil }
    let paths = bytes[(feed + 1)...].split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    guard json["archiveState"]?.string == ChartState.of([archive]).digest,
      json["state"]?.string == ChartState.of(paths).digest
    else { return nil }
    var package = Package()
    (package.files, package.secret, package.kept) = (files, json["secret"]?.integer, true)
    let payload = Payload(path: archive, mediaType: MediaType.chart, digest: digest, size: size)
    let chart = Chart(payload: payload, name: name, version: version, appVersion: json["appVersion"]?.string)
    return (chart, package)
  }

  /// Notes what was packed. If that fails, it is packed again next time.
  func note(_ done: (chart: Chart, package: Package), _ state: ChartState, as key: Key) {
    guard state.isSettled, !state.paths.contains(where: { $0.utf8.contains(0) }) else { return }
    let chart = done.chart
    let json = JSON.members([
      "archive": .string(chart.payload.path), "digest": .string(chart.payload.digest),
      "size": .integer(chart.payload.size), "name": .string(chart.name), "version": .string(chart.version),
      "appVersion": chart.appVersion.map { .string($0) }, "files": done.package.files.map { .integer($0) },
      "secret": done.package.secret.map { .integer($0) },
      "archiveState": .string(ChartState.of([chart.payload.path]).digest), "state": .string(state.digest)
    ])
    let rest = json.bytes + [0x0A] + Array(state.paths.joined(separator: "\0").utf8)
    let bytes = Array(SHA256.digest(rest).utf8.dropFirst(7)) + [0x0A] + rest
    guard let file = try? OpenFile(cache.path(key.name), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600) else {
      return
    }
    try? file.write(bytes)
    if Cache.isDue(cache.directory + "/pruned") { cache.sweep() }
  }
}
