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
  /// The version of a chart by its directory, instead of what its Chart.yaml says.
  package var version: (@Sendable (String) throws -> String?)?
  package var home: Home

  package init(
    destination: String, key: Provenance.Key? = nil, keyring: String? = nil,
    version: (@Sendable (String) throws -> String?)? = nil, home: Home
  ) {
    (self.destination, self.key, self.keyring, self.version, self.home) = (destination, key, keyring, version, home)
  }
}

extension PublishSource {
  /// Where the image is published, without a tag; nil if there is none.
  /// - Throws: ``PublishError/noRegistry(_:)``.
  func repository() throws -> String? {
    guard let image else { return nil }
    if var registry {
      while registry.hasSuffix("/") { registry.removeLast() }
      return registry + "/" + (image.repository.split(separator: "/").last ?? "")
    }
    guard Reference.isQualified(image.repository) else { throw PublishError.noRegistry(image.repository) }
    return image.repository
  }
}

/// What is to be published: a directory or an archive, and what is known of it.
package struct PublishSource: Sendable {
  /// Absolute, if it exists.
  package var path: String
  /// The archive's digest, if the line has it.
  package var digest: String?
  /// Published with the chart, under its version.
  package var image: Image?
  /// The registry for the image, and the path in it; nil for where the image is already.
  package var registry: String?
  /// The directory of the application, for the version of an archive.
  package var directory: String?

  package init(path: String, digest: String? = nil, image: Image? = nil, directory: String? = nil) {
    (self.path, self.digest, self.image, self.directory) = (path, digest, image, directory)
  }
}

/// Publishes charts together: all of them become visible at once, with one write of the index, or none does. In a
/// registry, which has no index, each has its tag as soon as it is there, but none before all have been looked at.
///
/// The image of a chart gets the version of the chart as its tag, and the chart names it. That neither version is taken
/// by something else is checked before anything is sent, and the image is there before the chart is visible.
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
  func each<T>(_ body: (Int) throws -> T) throws -> [T] {
    try charts.indices.map { index in
      do { return try body(index) } catch { throw PublishFailure(index: index, error: error) }
    }
  }
  let images = try each { index -> VersionedImage? in
    guard let image = sources[index].image, let repository = try sources[index].repository() else { return nil }
    let versioned = try VersionedImage(
      image, repository: repository, version: charts[index].metadata.version, home: order.home, call: call)
    _ = try versioned.isThere()
    return versioned
  }
  var digests: [Digest?] = []
  func pushImages() throws { digests = try each { try images[$0]?.push() } }
  var results: [Publish] = []
  switch destination {
  case .store(let store):
    results = try IndexPublication(store: store, charts: charts, call: call, beforeIndex: pushImages).run()
  case let .registry(host, path):
    _ = try each { try charts[$0].checkUnpublished(on: host, path, call: call) }
    try pushImages()
    results = try each { try charts[$0].push(to: host, path, home: order.home, call: call) }
  }
  for index in results.indices {
    guard let image = images[index], let digest = digests[index] else { continue }
    results[index].image = "\(image.reference)@\(digest)"
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
  /// Whether the archive is not that of the source.
  let isPacked: Bool
  let bytes: [UInt8]
  let digest: Digest
  /// The `.prov`.
  var signed: [UInt8]?
  var signer: String?
  /// The time of the archive, in seconds.
  let seconds: Int

  /// `web-1.0.0.tgz`
  var fileName: String { "\(metadata.name)-\(metadata.version).tgz" }

  /// The path of the archive: one that was packed here is in the cache.
  func archive(_ home: Home) throws -> String {
    guard isPacked else { return from }
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
    let isDirectory = Files.isDirectory(from)
    let version = try (source.directory ?? (isDirectory ? from : nil)).flatMap { try order.version?($0) }
    isPacked = isDirectory || version != nil || source.image != nil
    if isPacked {
      seconds = epoch ?? SourceDate.chart
      if !isDirectory, let wanted = source.digest,
        try wanted != "\(Digest(of: Files.read(from, limit: ChartLimits.total)))"
      {
        throw ArchiveError.payloadDiffers(path: from)
      }
      var how = PackageOrder(version: version, destination: scratch, key: order.key, seconds: seconds)
      how.image = try source.repository()
      let packed = try packageChart(from, by: how)
      path = packed.chart.payload.path
      signer = packed.package.signer
    } else {
      var status = stat()
      seconds = stat(from, &status) == 0 ? Int(status.st_mtim.tv_sec) : SourceDate.chart
    }
    bytes = try Files.read(path, limit: ChartLimits.total)
    digest = Digest(of: bytes)
    metadata = try checkChart(archive: bytes, path: from)
    if !isPacked, let wanted = source.digest, wanted != "\(digest)" { throw ArchiveError.payloadDiffers(path: from) }
    guard !isPacked else {
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
