import Charts
import Command
import Contexts
import Glibc
import HTTP
import OCI
import Records
import Registry
import Settings
import Storage

/// Options for fetching charts.
package struct FetchOrder: Sendable {
  /// The directory for the charts; created if missing. nil leaves them in the cache.
  package var destination: String?
  /// Unpack charts instead of writing archives.
  package var untar: Bool
  /// Verify the provenance.
  package var verify: Bool
  /// A file of public keys instead of the user's keyring.
  package var keyring: String?
  package var home: Home
  /// Also take and check the provenance if there is one, and never write over another archive.
  package var copies = false
  /// The files for TLS of a repository that helm does not know.
  package var repository: HelmRepository?

  package init(
    destination: String?, untar: Bool, verify: Bool, keyring: String?, home: Home, repository: HelmRepository? = nil
  ) {
    (self.destination, self.untar, self.verify, self.keyring, self.home) = (destination, untar, verify, keyring, home)
    self.repository = repository
  }
}

/// Fetches a chart to a directory. Checks the archive before it writes anything: the digest of the index or registry,
/// the limits for charts, the requested name and version, and the provenance if wanted. The chart appears whole or not
/// at all.
/// - Throws: ``RepositoryError``, ``RegistryError``, ``ChartError`` and others.
package func fetch(_ reference: ChartReference, named: String, by order: FetchOrder, call: Call) throws -> (
  chart: Chart, fetch: Fetch
) {
  var result = Fetch(reference: named)
  if case .path(let path) = reference, Files.isDirectory(path) {
    guard !order.verify else { throw RepositoryError.unsigned(path) }
    let scratch = try Temporary.directory(in: try order.home.directory("cache/fetched"))
    defer { Temporary.remove(scratch) }
    let packed = try packageChart(path, by: PackageOrder(destination: scratch)).chart.payload.path
    let place = Place(source: .file(packed), what: "'\(path)'", fileName: nil, exact: reference)
    return try Delivery(place: place, order: order, call: call).run(&result)
  }
  let search = Search(home: order.home, repository: order.repository, call: call)
  return try deliver(search.place(of: reference), named: named, by: order, call: call)
}

/// Fetches a chart from where it was found.
func deliver(_ place: Place, named: String, by order: FetchOrder, call: Call) throws -> (chart: Chart, fetch: Fetch) {
  var result = Fetch(reference: named)
  return try Delivery(place: place, order: order, call: call).run(&result)
}

/// Moves one archive from where it was found to its destination.
private struct Delivery {
  let place: Place
  let order: FetchOrder
  let call: Call
  /// Bytes of an archive.
  private let limit = ChartLimits.total

  func run(_ result: inout Fetch) throws -> (chart: Chart, fetch: Fetch) {
    let cache = try order.home.cache("fetched", limit: 400, bytes: 512 << 20)
    var (bytes, digest) = try fromCache(cache)
    result.cached = bytes != nil
    if bytes == nil { (bytes, digest) = try download(to: cache) }
    guard let bytes, let digest else {
      throw RepositoryError.digest(what: place.what, wanted: "known", found: "unknown")
    }

    let metadata = try checkChart(archive: bytes, path: place.what.trimmingQuotes)
    if let name = place.name, name != metadata.name {
      throw RepositoryError.other(what: place.what, found: "chart '\(metadata.name)'")
    }
    if let version = place.version, version != metadata.version, Version(version) != Version(metadata.version) {
      throw RepositoryError.other(what: place.what, found: "version \(metadata.version), not \(version)")
    }
    let fileName = place.fileName ?? "\(metadata.name)-\(metadata.version).tgz"
    var signed: [UInt8]?
    if let provenance = try order.verify ? provenance() : order.copies ? provenanceIfAny() : nil {
      result.signer = try Provenance.verify(
        fileName, digest: digest, signed: provenance, keyring: order.keyring, shown: place.what.trimmingQuotes
      ).fingerprint
      signed = provenance
    }

    let appVersion = metadata.appVersion
    guard let named = order.destination else {
      let path = cache.path("\(digest.hex).tgz")
      if !Files.exists(path) { try cache.put(bytes, as: "\(digest.hex).tgz") }
      result.exact = "\(place.exact)"
      let payload = Payload(path: path, mediaType: MediaType.chart, digest: "\(digest)", size: bytes.count)
      return (
        Chart(
          payload: payload, name: metadata.name, version: metadata.version,
          appVersion: appVersion.isEmpty ? nil : appVersion), result
      )
    }
    try Files.makeDirectories(named)
    let destination = try Files.resolve(named)
    var path = "\(destination)/\(fileName)"
    if order.untar {
      path = cache.path("\(digest.hex).tgz")
      if !Files.exists(path) { try cache.put(bytes, as: "\(digest.hex).tgz") }
      let directory = "\(destination)/\(metadata.name)"
      guard try unpackChart(bytes, to: directory, shown: place.what.trimmingQuotes) else {
        throw RepositoryError.exists(directory)
      }
      result.directory = directory
    } else {
      result.kept = (try? Files.read(path, limit: limit)) == bytes
      if result.kept == false {
        if order.copies, Files.exists(path) { throw RepositoryError.published(path) }
        try Files.write(bytes, to: path)
        // The signature was for the previous archive.
        if signed == nil { unlink(path + ".prov") }
      }
      if let signed {
        try Files.write(signed, to: path + ".prov")
        result.provenance = path + ".prov"
      }
    }
    switch place.source {
    case .web(let address, _): result.url = address.withoutQuery
    case let .store(store, key): result.url = store.address(of: key)
    case .file, .registry: break
    }
    result.exact = "\(place.exact)"
    let payload = Payload(path: path, mediaType: MediaType.chart, digest: "\(digest)", size: bytes.count)
    return (
      Chart(
        payload: payload, name: metadata.name, version: metadata.version,
        appVersion: appVersion.isEmpty ? nil : appVersion), result
    )
  }

  /// The cached archive with the expected digest.
  private func fromCache(_ cache: Cache) throws -> (bytes: [UInt8]?, digest: Digest?) {
    if case .file = place.source { return (nil, nil) }
    guard let digest = place.digest, digest.algorithm == "sha256" else { return (nil, nil) }
    let name = "\(digest.hex).tgz"
    guard let bytes = cache.read(name, limit: limit), Digest(of: bytes) == digest else { return (nil, nil) }
    cache.use(name)
    call.debug("'\(cache.path(name))' has the digest")
    return (bytes, digest)
  }

  private func download(to cache: Cache) throws -> (bytes: [UInt8]?, digest: Digest?) {
    if case .file(let path) = place.source {
      guard Files.exists(path) else { throw ChartError.missing(path: path) }
      let bytes = try Files.read(path, limit: limit)
      return (bytes, Digest(of: bytes))
    }
    if case let .store(store, key) = place.source {
      call.say("Fetching \(place.what)")
      guard let bytes = try store.get(key, limit: limit)?.bytes else {
        throw RepositoryError.missing(what: place.what, host: store.shown, status: 404)
      }
      let digest = Digest(of: bytes)
      if let wanted = place.digest, wanted != digest {
        throw RepositoryError.digest(what: place.what, wanted: wanted.short, found: digest.short)
      }
      try cache.put(bytes, as: "\(digest.hex).tgz")
      return (bytes, digest)
    }
    let temporary = try Temporary.file(beside: cache.path("new")), descriptor = temporary.file.descriptor
    defer { Temporary.remove(temporary.path) }
    switch place.source {
    case .file, .store: break
    case let .web(address, client):
      call.say("Fetching '\(address.withoutQuery)'")
      switch try client.get(
        address, what: place.what, headers: [("Accept-Encoding", "identity")], to: descriptor, limit: limit)
      {
      case .missing(let status): throw RepositoryError.missing(what: place.what, host: address.host, status: status)
      case .unchanged: throw RepositoryError.status(what: place.what, host: address.host, status: 304)
      case .got(let digest, _, _):
        if let wanted = place.digest, wanted != digest {
          throw RepositoryError.digest(what: place.what, wanted: wanted.short, found: digest.short)
        }
      }
    case let .registry(pull, layer, _):
      guard layer.size <= limit else { throw RepositoryError.tooLarge(what: place.what, host: "", limit: limit) }
      call.say("Fetching \(place.what)")
      try pull.blob(layer, to: descriptor)
    }
    let bytes = try downloaded(temporary.file), digest = Digest(of: bytes)
    try Files.place(temporary, at: cache.path("\(digest.hex).tgz"), durable: false)
    cache.sweep()
    return (bytes, digest)
  }

  private func provenance() throws -> [UInt8] {
    if let provenance = try provenanceIfAny() { return provenance }
    let reason =
      switch place.source {
      case .registry: "it was pushed without a provenance"
      case .file(let path): "there is no '\(path).prov'"
      case .web(let archive, _): "there is no '\(signed(archive).withoutQuery)'"
      case let .store(store, key): "there is no '\(store.address(of: key)).prov'"
      }
    throw ChartError.notVerified(path: place.what.trimmingQuotes, reason: reason)
  }

  /// The address of the provenance of an archive.
  private func signed(_ archive: Address) -> Address {
    var address = archive
    let path = address.target.prefix { $0 != "?" }
    address.target = path + ".prov" + address.target.utf8.dropFirst(path.utf8.count).text
    return address
  }

  private func provenanceIfAny() throws -> [UInt8]? {
    if case .file(let path) = place.source {
      return Files.exists(path + ".prov") ? try Files.read(path + ".prov", limit: Provenance.limit) : nil
    }
    if case let .store(store, key) = place.source {
      return try store.get(key + ".prov", limit: Provenance.limit)?.bytes
    }
    let temporary = try Temporary.file(beside: try order.home.cache("fetched").path("prov"))
    let descriptor = temporary.file.descriptor
    defer { Temporary.remove(temporary.path) }
    switch place.source {
    case .file, .store: break
    case let .web(archive, client):
      let address = signed(archive)
      switch try client.get(
        address, what: "'\(address.withoutQuery)'", headers: [("Accept-Encoding", "identity")], to: descriptor,
        limit: Provenance.limit)
      {
      case .missing, .unchanged: return nil
      case .got: break
      }
    case let .registry(pull, _, provenance):
      guard let provenance else { return nil }
      guard provenance.size <= Provenance.limit else {
        throw RepositoryError.tooLarge(what: "the provenance of \(place.what)", host: "", limit: Provenance.limit)
      }
      try pull.blob(provenance, to: descriptor)
    }
    return try downloaded(temporary.file)
  }
}

/// The bytes of a file that was downloaded.
func downloaded(_ file: borrowing OpenFile) throws -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: max(0, Int(lseek(file.descriptor, 0, SEEK_END))))
  try bytes.withUnsafeMutableBytes { buffer in
    let count: Int
    do throws(Errno) { count = try file.fill(buffer, at: 0) } catch {
      throw SystemError("cannot read a download", error.number)
    }
    guard count == buffer.count else { throw SystemError("cannot read a download", EIO) }
  }
  return bytes
}

extension Substring.UTF8View {
  fileprivate var text: String { String(Substring(self)) }
}

extension String {
  /// `what` without its quotes, for messages that have their own.
  fileprivate var trimmingQuotes: String { hasPrefix("'") && hasSuffix("'") ? String(dropFirst().dropLast()) : self }
}
