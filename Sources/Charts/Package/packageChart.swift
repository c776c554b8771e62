import Archives
import Command
import Contexts
import Glibc
import OCI
import Records

/// How charts are packed.
package struct PackageOrder: Sendable {
  /// Instead of what Chart.yaml says; nil leaves it.
  package var version: String?
  package var appVersion: String?
  /// The directory for the archives; it is made.
  package var destination: String
  /// Signs each archive; nil does not.
  package var key: Provenance.Key?
  /// The modification time of every file.
  package var seconds: Int
  /// Brings charts/ up to date first; nil leaves it as it is.
  package var update: (@Sendable (String) throws -> Void)?

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

/// Packs the chart in a directory into `NAME-VERSION.tgz`, as `helm package` does; one in an archive is packed again. The
/// same files give the same bytes, whenever and wherever; an archive that is there with these bytes is left alone.
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
  var loaded = try LoadedChart(path: source).named(named ?? source)
  if let version = order.version {
    loaded.metadata.version = version
    try loaded.metadata.checkVersion { .badVersion(version, reason: $0) }
  }
  if let appVersion = order.appVersion { loaded.metadata.appVersion = appVersion }
  let missing = loaded.missing
  guard missing.isEmpty else { throw ChartError.missingDependencies(path: loaded.path, names: missing.map(\.name)) }

  let entries = try loaded.packed()
  try Files.makeDirectories(order.destination)
  let path = try Files.resolve(order.destination) + "/\(loaded.metadata.name)-\(loaded.metadata.version).tgz"
  let temporary = try Temporary.file(beside: path), name = temporary.path, descriptor = temporary.file.descriptor
  defer { Temporary.remove(name) }
  let written = try loaded.write(entries, to: descriptor, seconds: order.seconds)
  var package = Package(from: try named ?? Files.resolve(source))
  package.files = entries.count
  package.kept = isFile(path, size: written.size, digest: written.digest)
  if package.kept == false {
    guard try path != Files.resolve(source) else { throw ChartError.sameArchive(path: path) }
    guard fchmod(descriptor, 0o644) == 0 else {
      throw SystemError("cannot write '\(path)'", errno, code: .cannotCreate)
    }
    try Files.place(temporary, at: path, durable: false)
    // What was signed was another archive.
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

  /// About how large the Secret of a release is: the chart without its sub-charts, and the objects of all of them,
  /// compressed and in base64. Of 65 charts in wide use, nine in ten are within a fifth of it.
  /// - Parameter archive: the size of its archive, which tells how well it can be compressed.
  func predictedSecret(archive: Int) -> Int {
    let everything = plainSize, templates = all.reduce(0) { $0 + LoadedChart.size($1.templates) }
    // The chart is in base64 before it is compressed, which costs more than what base64 adds afterwards.
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
