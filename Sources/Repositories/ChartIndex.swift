import Charts
import Command
import Glibc
import OCI
import YAML

/// One version of a chart in the index of a repository.
struct IndexedVersion: Sendable {
  var version: Version
  /// Absolute, or relative to the repository.
  var urls: [String]
  /// The digest of the archive; not every index has it.
  var digest: Digest?
}

/// The `index.yaml` of a repository: https://helm.sh/docs/topics/chart_repository/#the-index-file
/// Only the entries of one chart are in memory, whatever the size of the file.
enum ChartIndex {
  /// Bytes of an index.
  static let limit = 256 << 20
  /// Values in the entries of one chart.
  static let valueLimit = 200_000

  /// The versions of a chart, in the order of the file; empty if it has none.
  /// - Parameters:
  ///   - descriptor: the file, open for reading; read from its start.
  ///   - shown: the name of the index in messages.
  /// - Throws: ``RepositoryError/badIndex(_:reason:)``.
  static func versions(of chart: String, readingFrom descriptor: Int32, shown: String) throws -> [IndexedVersion] {
    try begin(descriptor, shown: shown)
    let found: (value: YAML?, keys: Int)
    do { found = try YAML.value(at: ["entries", chart], readingFrom: descriptor, limit: valueLimit) } catch {
      throw RepositoryError.badIndex(shown, reason: "line \(error.line): \(error.reason)")
    }
    guard found.keys > 0 else { throw RepositoryError.badIndex(shown, reason: "it has no 'entries'") }
    return (found.value?.sequence ?? []).compactMap { entry in
      // Skip entries without a valid version, as helm does.
      guard let version = entry["version"]?.text.flatMap(Version.init), entry["name"]?.text.map({ $0 == chart }) ?? true
      else { return nil }
      let digest = entry["digest"]?.text.flatMap { Digest($0.contains(":") ? $0 : "sha256:" + $0) }
      return IndexedVersion(version: version, urls: (entry["urls"]?.sequence ?? []).compactMap(\.text), digest: digest)
    }
  }

  /// Goes through all of an index, of which one version at a time is in memory.
  /// - Parameters:
  ///   - fields: what is wanted of each version.
  ///   - body: called with the name of each chart and no version, then with each of its versions.
  /// - Throws: ``RepositoryError/badIndex(_:reason:)``.
  static func walk(
    fields: [String], readingFrom descriptor: Int32, shown: String,
    _ body: (_ chart: [UInt8], _ version: YAML.Item?) throws -> Void
  ) throws {
    try begin(descriptor, shown: shown)
    let keys: [String]
    do { keys = try YAML.items(at: "entries", fields: fields, readingFrom: descriptor, body) } catch let error
      as YAMLError
    {
      throw RepositoryError.badIndex(shown, reason: "line \(error.line): \(error.reason)")
    }
    // helm asks for the one, and writes the other.
    for key in ["apiVersion", "entries"] where !keys.contains(key) {
      throw RepositoryError.badIndex(shown, reason: "it has no '\(key)'")
    }
  }

  private static func begin(_ descriptor: Int32, shown: String) throws {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw SystemError("cannot read '\(shown)'", errno) }
    var first: UInt8 = 0
    if pread(descriptor, &first, 1, 0) == 1, first == UInt8(ascii: "<") {
      throw RepositoryError.badIndex(shown, reason: "it is HTML")
    }
  }

  /// The requested version: an exact match, else the highest that satisfies the constraint; without a constraint the
  /// highest release.
  static func choose(_ wanted: String?, of versions: [IndexedVersion]) -> IndexedVersion? {
    if let wanted, let same = versions.first(where: { $0.version.original == wanted }) { return same }
    guard let constraint = VersionConstraint(wanted ?? "*"), let best = constraint.best(of: versions.map(\.version))
    else { return nil }
    return versions.first { $0.version == best }
  }
}
