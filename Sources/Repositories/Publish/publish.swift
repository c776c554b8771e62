import Archives
import Charts
import Command
import Contexts
import Glibc
import OCI
import Records
import Registry
import Settings
import Storage

/// How charts are published.
package struct PublishOrder: Sendable {
  /// A directory, or a URL of http, https, s3, gs or oci.
  package var destination: String
  /// Signs each archive; nil publishes the signature that is beside it, if there is one.
  package var key: Provenance.Key?
  /// A file of public keys to check such signatures with, instead of the user's own.
  package var keyring: String?
  /// The version of a chart in a directory, instead of what its Chart.yaml says.
  package var version: (@Sendable (String) throws -> String?)?
  package var home: Home

  package init(
    destination: String, key: Provenance.Key? = nil, keyring: String? = nil,
    version: (@Sendable (String) throws -> String?)? = nil, home: Home
  ) {
    (self.destination, self.key, self.keyring, self.version, self.home) = (destination, key, keyring, version, home)
  }
}

/// What is to be published: a directory or an archive, and what is known of it.
package struct PublishSource: Sendable {
  /// Absolute, if it exists.
  package var path: String
  /// The archive's digest, if the line has it.
  package var digest: String?

  package init(path: String, digest: String? = nil) { (self.path, self.digest) = (path, digest) }
}

/// Publishes charts together: all of them become visible at once, with one write of the index, or none does. In a
/// registry, which has no index, each has its tag as soon as it is there.
///
/// A published version is never replaced. The same bytes again are a success.
/// - Returns: for each source the chart, and where it is.
/// - Throws: ``PublishFailure`` for the source at fault; what it holds is another error.
package func publish(_ sources: [PublishSource], by order: PublishOrder, call: Call) throws -> [(
  chart: Chart, publish: Publish
)] {
  let scratch = try Temporary.directory(in: try order.home.directory("cache/fetched"))
  defer { Temporary.remove(scratch) }
  var charts: [ReadyChart] = []
  for (index, source) in sources.enumerated() {
    do {
      let chart = try ReadyChart(source, scratch: "\(scratch)/\(index)", by: order)
      if let other = charts.first(where: { $0.fileName == chart.fileName && $0.digest != chart.digest }) {
        throw PublishError.twice(chart.fileName, paths: [other.from, chart.from])
      }
      charts.append(chart)
    } catch { throw PublishFailure(index: index, error: error) }
  }
  let destination = try Destination(order.destination, call: call)
  var results: [Publish] = []
  switch destination {
  case .store(let store): results = try IndexPublication(store: store, charts: charts, call: call).run()
  case let .registry(host, path):
    for (index, chart) in charts.enumerated() {
      do { results.append(try chart.push(to: host, path, home: order.home, call: call)) } catch {
        throw PublishFailure(index: index, error: error)
      }
    }
  }
  return try zip(charts, results).map { chart, result in
    let appVersion = chart.metadata.appVersion
    let payload = Payload(
      path: try chart.archive(order.home), mediaType: MediaType.chart, digest: "\(chart.digest)",
      size: chart.bytes.count)
    return (
      Chart(
        payload: payload, name: chart.metadata.name, version: chart.metadata.version,
        appVersion: appVersion.isEmpty ? nil : appVersion), result
    )
  }
}

/// Why charts were not published, and which of them is at fault.
package struct PublishFailure: Error {
  /// Among the sources.
  package var index: Int
  package var error: any Error
}

/// A chart that can be published: packed, checked, signed if that is wanted.
struct ReadyChart {
  /// The directory or archive.
  let from: String
  let metadata: ChartMetadata
  let bytes: [UInt8]
  let digest: Digest
  /// The `.prov`.
  var signed: [UInt8]?
  var signer: String?
  /// The time of the archive, in seconds.
  let seconds: Int

  /// `web-1.0.0.tgz`
  var fileName: String { "\(metadata.name)-\(metadata.version).tgz" }

  /// The path of the archive: that of a directory is in the cache.
  func archive(_ home: Home) throws -> String {
    guard Files.isDirectory(from) else { return from }
    let cache = try home.cache("fetched", limit: 400, bytes: 512 << 20), name = "\(digest.hex).tgz"
    try cache.put(bytes, as: name)
    return cache.path(name)
  }

  /// - Parameter scratch: a directory that does not exist yet.
  init(_ source: PublishSource, scratch: String, by order: PublishOrder) throws {
    guard Files.exists(source.path) else { throw ChartError.missing(path: source.path) }
    from = try Files.resolve(source.path)
    let epoch = try SourceDate.seconds()
    var path = from
    if Files.isDirectory(from) {
      seconds = epoch ?? SourceDate.chart
      let version = try order.version?(from)
      let packed = try packageChart(
        from, by: PackageOrder(version: version, destination: scratch, key: order.key, seconds: seconds))
      path = packed.chart.payload.path
      signer = packed.package.signer
    } else {
      var status = stat()
      seconds = stat(from, &status) == 0 ? Int(status.st_mtim.tv_sec) : SourceDate.chart
    }
    bytes = try Files.read(path, limit: ChartLimits.total)
    digest = Digest(of: bytes)
    metadata = try checkChart(archive: bytes, path: from)
    if let wanted = source.digest, wanted != "\(digest)" { throw ArchiveError.payloadDiffers(path: from) }
    guard !Files.isDirectory(from) else {
      if order.key != nil { signed = try Files.read(path + ".prov", limit: Provenance.limit) }
      return
    }
    if let key = order.key {
      try Files.makeDirectories(scratch)
      let copy = "\(scratch)/\(fileName)"
      try Files.write(bytes, to: copy, durable: false)
      signer = try Provenance.sign(metadata, archive: copy, digest: digest, by: key)
      signed = try Files.read(copy + ".prov", limit: Provenance.limit)
    } else if Files.exists(from + ".prov") {
      let provenance = try Files.read(from + ".prov", limit: Provenance.limit)
      signer = try Provenance.verify(
        fileName, digest: digest, signed: provenance, keyring: order.keyring, shown: from
      ).fingerprint
      signed = provenance
    }
  }
}
