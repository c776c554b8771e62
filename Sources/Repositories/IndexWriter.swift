import Charts
import Command
import OCI
import Records
import YAML

/// An index.yaml that gets entries, as helm writes it: https://helm.sh/docs/topics/chart_repository/#the-index-file
///
/// The entries of a chart are ordered by version, the greatest first. What the file has besides is kept.
package struct IndexWriter {
  /// The entries of one chart.
  private struct Versions {
    var entries: [(version: Version?, json: JSON)] = []
    /// The versions as they are written.
    var known: Set<String> = []

    mutating func append(_ entry: JSON) {
      let text = entry["version"]?.string
      entries.append((text.flatMap(Version.init), entry))
      if let text { known.insert(text) }
    }

    /// Puts an entry behind those that are greater or the same. What is no version stays where it is.
    mutating func insert(_ entry: JSON, _ version: Version) {
      var place = entries.count
      for at in entries.indices.reversed() {
        guard let other = entries[at].version else { continue }
        guard other < version else { break }
        place = at
      }
      entries.insert((version, entry), at: place)
      known.insert(version.original)
    }
  }

  private var members: [(name: String, value: JSON)]
  private var versions: [String: Versions]
  /// Whether it says when it was written, which stands at the end of the file.
  package private(set) var isWhole = true

  /// An index without entries.
  package init() {
    members = []
    versions = [:]
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
    versions = [:]
    isWhole = object.contains { $0.name == "generated" }
    let charts = object.first { $0.name == "entries" }?.value ?? .null
    guard charts.object != nil || charts == .null else { throw bad("its 'entries' are not a mapping") }
    for (name, value) in charts.object ?? [] {
      guard let list = value.array else {
        guard value == .null else { throw bad("the entries of '\(name)' are not a list") }
        continue
      }
      for entry in list { versions[name, default: Versions()].append(entry) }
    }
  }

  /// One version of a chart.
  /// - Parameters:
  ///   - urls: of the archive, absolute or relative to the repository.
  ///   - created: when it was published, as in RFC 3339.
  package static func entry(_ chart: ChartMetadata, digest: Digest, urls: [String], created: String) -> JSON {
    chart.json.setting([
      ("urls", .strings(urls)), ("digest", .string(digest.hex)), ("created", .string(created))
    ])
  }

  package func entry(of chart: String, version: String) -> JSON? {
    guard let all = versions[chart], all.known.contains(version) else { return nil }
    return all.entries.first { $0.json["version"]?.string == version }?.json
  }

  /// All entries, charts by name.
  package var all: [JSON] {
    versions.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.flatMap { versions[$0]?.entries ?? [] }
      .map(\.json)
  }

  /// How many charts and how many versions it has.
  package var count: (charts: Int, versions: Int) {
    (versions.count, versions.values.reduce(0) { $0 &+ $1.entries.count })
  }

  /// Adds an entry unless there is one of that version.
  /// - Parameter twice: adds it all the same, as helm does for two archives of one version.
  /// - Returns: whether it was added; an entry without a name or a version is not.
  @discardableResult
  package mutating func add(_ entry: JSON, twice: Bool = false) -> Bool {
    guard let name = entry["name"]?.string, let text = entry["version"]?.string, let version = Version(text),
      twice || !(versions[name]?.known.contains(text) ?? false)
    else { return false }
    versions[name, default: Versions()].insert(entry, version)
    return true
  }

  /// Sets one of the annotations, which helm leaves to other programs.
  package mutating func annotate(_ name: String, _ value: String) {
    let old = members.first { $0.name == "annotations" }?.value ?? .object([])
    members = members.filter { $0.name != "annotations" }
    members.append(("annotations", old.setting([(name, .string(value))])))
  }

  package func annotation(_ name: String) -> String? {
    members.first { $0.name == "annotations" }?.value[name]?.string
  }

  /// The file.
  /// - Parameter generated: when it is written, as in RFC 3339.
  package func bytes(generated: String) -> [UInt8] {
    let charts = JSON.object(versions.map { ($0.key, .array($0.value.entries.map(\.json))) })
    return YAML.text(
      .object(members + [("apiVersion", .string("v1")), ("entries", charts), ("generated", .string(generated))]))
  }
}
