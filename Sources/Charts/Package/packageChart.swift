import Archives
import Command
import Contexts
import Glibc
import OCI
import Records

/// Options for packing charts.
package struct PackageOrder: Sendable {
  /// Replaces the version in Chart.yaml; nil keeps it.
  package var version: String?
  package var appVersion: String?
  /// The repository of the image that has the chart's version as its tag: values.yaml and appVersion name it. nil
  /// leaves them as they are.
  package var image: String?
  /// The directory for the archives; created if missing.
  package var destination: String
  /// The key to sign archives with; nil does not sign.
  package var key: Provenance.Key?
  /// The modification time of every file.
  package var seconds: Int
  /// Updates charts/ first; nil does not.
  package var update: (@Sendable (String) throws -> Void)?
  /// What was packed before; nil packs every chart.
  package var notes: PackageNotes?

  package init(
    version: String? = nil, appVersion: String? = nil, destination: String = ".", key: Provenance.Key? = nil,
    seconds: Int = SourceDate.chart,
    update: (@Sendable (String) throws -> Void)? = nil
  ) {
    (self.version, self.appVersion, self.destination, self.key, self.seconds, self.update) = (
      version, appVersion, destination, key, seconds, update
    )
  }
}

/// Packs the chart in a directory into `NAME-VERSION.tgz`, as `helm package` does, or that in an archive again. The
/// same files always give the same bytes; an existing archive with these bytes is left alone.
/// - Parameter named: what the user calls it, if that is not its path.
/// - Returns: the archive, and how it was made.
/// - Throws: ``ChartError``, ``ArchiveError`` and others; leaves no partial file.
package func packageChart(_ source: String, named: String? = nil, by order: PackageOrder) throws -> (
  chart: Chart, package: Package
) {
  guard Files.exists(source) else { throw ChartError.missing(path: named ?? source) }
  if let update = order.update {
    guard Files.isDirectory(source) else { throw ChartError.notADirectory(path: named ?? source) }
    try update(source)
  }
  let real = try Files.resolve(source), notes = order.key == nil ? order.notes : nil
  if let notes, let there = try? Files.resolve(order.destination),
    var known = notes.packed(PackageNotes.Key(source: real, destination: there, order))
  {
    known.package.from = named ?? real
    return known
  }
  var (loaded, state) = try LoadedChart.toPack(path: source)
  loaded = loaded.named(named ?? source)
  if let version = order.version {
    loaded.metadata.version = version
    try loaded.metadata.checkVersion { .badVersion(version, reason: $0) }
  }
  if let appVersion = order.appVersion { loaded.metadata.appVersion = appVersion }
  if let image = order.image { try loaded.name(image: image) }
  let missing = loaded.missing
  guard missing.isEmpty else { throw ChartError.missingDependencies(path: loaded.path, names: missing.map(\.name)) }

  let entries = try loaded.packed()
  try Files.makeDirectories(order.destination)
  let destination = try Files.resolve(order.destination)
  let path = destination + "/\(loaded.metadata.name)-\(loaded.metadata.version).tgz"
  let temporary = try Temporary.file(beside: path), name = temporary.path, descriptor = temporary.file.descriptor
  defer { Temporary.remove(name) }
  let written = try loaded.write(entries, seconds: order.seconds) { bytes in
    do throws(WriteError) { try writeAll(bytes, to: descriptor) } catch {
      throw SystemError("cannot write '\(path)'", error.errno, code: .cannotCreate)
    }
  }
  var package = Package(from: named ?? real)
  package.files = entries.count
  package.kept = isFile(path, size: written.size, digest: written.digest)
  if package.kept == false {
    guard path != real else { throw ChartError.sameArchive(path: path) }
    guard fchmod(descriptor, 0o644) == 0 else {
      throw SystemError("cannot write '\(path)'", errno, code: .cannotCreate)
    }
    try Files.place(temporary, at: path, durable: false)
    // The signature was for the previous archive.
    unlink(path + ".prov")
  }
  package.secret = loaded.predictedSecret(archive: written.size)
  if let key = order.key {
    package.signer = try Provenance.sign(loaded.metadata, archive: path, digest: written.digest, by: key)
    package.provenance = path + ".prov"
  }
  let payload = Payload(path: path, mediaType: MediaType.chart, digest: "\(written.digest)", size: written.size)
  let appVersion = loaded.metadata.appVersion
  let chart = Chart(
    payload: payload, name: loaded.metadata.name, version: loaded.metadata.version,
    appVersion: appVersion.isEmpty ? nil : appVersion)
  if let state { notes?.note((chart, package), state, as: .init(source: real, destination: destination, order)) }
  return (chart, package)
}

/// Checks an archive against the `.prov` beside it.
package func verifyPackage(_ path: String, keyring: String?) throws -> (chart: Chart, package: Package) {
  guard Files.exists(path) else { throw ChartError.missing(path: path) }
  let found = try chart(in: try Files.resolve(path))
  guard let digest = Digest(found.payload.digest) else { throw ArchiveError.payloadDiffers(path: path) }
  let signer = try Provenance.verify(path, digest: digest, keyring: keyring)
  var package = Package(from: found.payload.path)
  package.signer = signer.fingerprint
  package.provenance = found.payload.path + ".prov"
  return (found, package)
}

private func isFile(_ path: String, size: Int, digest: Digest) -> Bool {
  var status = stat()
  guard stat(path, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG, status.st_size == size else { return false }
  return (try? Digest(of: Files.read(path, limit: size))) == digest
}

extension LoadedChart {
  /// The limit of a Secret.
  package static let secretLimit = 1 << 20

  /// Estimates the Secret of a release: the chart without its sub-charts, and all objects, compressed and in base64. Of
  /// 65 popular charts, nine in ten are within 20 percent.
  /// - Parameter archive: the size of its archive, which shows how well it compresses.
  func predictedSecret(archive: Int) -> Int {
    let everything = plainSize, templates = all.reduce(0) { $0 + LoadedChart.size($1.templates) }
    // Helm encodes the chart in base64 before it compresses, which costs more than the base64 afterwards.
    return archive * (33 * ownSize + 8 * templates) / (20 * max(1, everything))
  }

  /// The bytes of all files, those of sub-charts included.
  var plainSize: Int { all.reduce(0) { $0 + $1.ownSize } }

  private var ownSize: Int {
    LoadedChart.size(templates) + LoadedChart.size(files) + (values?.bytes.count ?? 0) + (schema?.bytes.count ?? 0)
      + manifest.bytes.count
  }

  private static func size(_ entries: [ChartEntry]) -> Int { entries.reduce(0) { $0 + $1.bytes.count } }
}
