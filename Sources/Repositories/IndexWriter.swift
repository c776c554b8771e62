import Charts
import Command
import OCI
import Records
import YAML

/// An index.yaml that gets entries, as helm writes it: https://helm.sh/docs/topics/chart_repository/#the-index-file
///
/// The entries of a chart are ordered by version, the greatest first. What the file has besides is kept.
package struct IndexWriter {
  private var members: [(name: String, value: JSON)]
  /// The entries of each chart, in the order of the file.
  private var entries: [String: [JSON]]
  /// Whether it says when it was written, which stands at the end of the file.
  package private(set) var isWhole = true

  /// An index without entries.
  package init() {
    members = []
    entries = [:]
  }

  /// - Parameter shown: what messages call the index.
  /// - Throws: ``RepositoryError/badIndex(_:reason:)``.
  package init(parsing bytes: [UInt8], shown: String) throws {
    func bad(_ reason: String) -> RepositoryError { .badIndex(shown, reason: reason) }
    guard bytes.first(where: { $0 > 0x20 }) != UInt8(ascii: "<") else { throw bad("it is HTML") }
    let yaml: YAML
    do { yaml = try YAML(parsing: bytes) } catch { throw bad("line \(error.line): \(error.reason)") }
    guard yaml["entries"] != nil, let object = JSON(yaml).object else { throw bad("it has no 'entries'") }
    members = object.filter { !["apiVersion", "entries", "generated"].contains($0.name) }
    entries = [:]
    isWhole = object.contains { $0.name == "generated" }
    let charts = object.first { $0.name == "entries" }?.value ?? .null
    guard charts.object != nil || charts == .null else { throw bad("its 'entries' are not a mapping") }
    for (name, value) in charts.object ?? [] {
      guard let list = value.array else {
        guard value == .null else { throw bad("the entries of '\(name)' are not a list") }
        continue
      }
      entries[name] = list
    }
  }

  /// One version of a chart.
  /// - Parameters:
  ///   - urls: of the archive, absolute or relative to the repository.
  ///   - created: when it was published.
  package static func entry(_ chart: ChartMetadata, digest: Digest, urls: [String], created: Instant) -> JSON {
    var entry = chart.json
    entry["created"] = .string(created.text)
    entry["digest"] = .string(digest.hex)
    entry["urls"] = .strings(urls)
    return entry
  }

  package func entry(of chart: String, version: String) -> JSON? {
    entries[chart]?.first { $0["version"]?.string == version }
  }

  /// All entries, charts by name.
  package var all: [JSON] {
    entries.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.flatMap { entries[$0, default: []] }
  }

  /// Adds an entry unless there is one of that version.
  /// - Returns: whether it was added.
  @discardableResult
  package mutating func add(_ entry: JSON) -> Bool {
    guard let name = entry["name"]?.string, let text = entry["version"]?.string, let version = Version(text),
      self.entry(of: name, version: text) == nil
    else { return false }
    var list = entries[name, default: []]
    // What is no version stays where it is.
    let place = list.firstIndex { $0["version"]?.string.flatMap(Version.init).map { $0 < version } ?? false }
    list.insert(entry, at: place ?? list.count)
    entries[name] = list
    return true
  }

  /// The file.
  /// - Parameter generated: when it is written.
  package func bytes(generated: Instant) -> [UInt8] {
    let charts = JSON.object(entries.map { ($0.key, .array($0.value)) })
    return YAML.text(
      .object(
        members + [
          ("apiVersion", .string("v1")), ("entries", charts), ("generated", .string(generated.text))
        ]))
  }
}
