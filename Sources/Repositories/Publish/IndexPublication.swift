import Archives
import Charts
import Command
import Glibc
import OCI
import Records
import Storage

/// Charts on their way into a store with an index.yaml.
///
/// The archives and signatures first, then all entries with one write of the index, on the condition that it is still
/// the one that was read. A store that does not obey conditions gets a fragment before, see ``IndexFragments``. Every
/// publisher merges all fragments into the index, and does not end before it has seen them there after its own last
/// write: so of any number of publishers the last one writes the entries of all.
struct IndexPublication {
  let store: any ObjectStore
  let charts: [ReadyChart]
  let call: Call
  /// Called when everything is there but for the index.
  var beforeIndex: () throws -> Void = {}

  static let index = "index.yaml"
  /// Tries to write the index. Each that fails means that another publisher has written it.
  static let tries = 300

  private var now: String {
    get throws { Instant(seconds: try SourceDate.seconds() ?? time(nil)).text }
  }

  func run() throws -> [Publish] {
    var (index, version) = try read()
    let new = try unpublished(in: index)
    if new.isEmpty { try beforeIndex() }
    if !new.isEmpty {
      let keeps = try keepsConditions()
      for at in new { try upload(charts[at], keeps: keeps) }
      try beforeIndex()
      let created = try now
      let entries = new.map {
        IndexWriter.entry(
          charts[$0].metadata, digest: charts[$0].digest, urls: [charts[$0].fileName], created: created)
      }
      if keeps { try write(entries, &index, &version) } else { try merge(entries, into: index) }
    }
    return charts.enumerated().map { at, chart in
      var publish = Publish(from: chart.from)
      publish.to = store.shown
      publish.url = store.address(of: chart.fileName)
      publish.existing = !new.contains(at)
      if chart.signed != nil, new.contains(at) { publish.provenance = store.address(of: chart.fileName + ".prov") }
      publish.signer = new.contains(at) ? chart.signer : nil
      return publish
    }
  }

  /// The index, and the version of it. Where an object may be seen while it is written, one that seems cut is read
  /// again.
  private func read() throws -> (index: IndexWriter, version: String?) {
    for attempt in 0... {
      guard let found = try store.get(IndexPublication.index, limit: ChartIndex.limit) else { break }
      let isLast = attempt == 10 || store.keepsConditions == true
      do {
        let index = try IndexWriter(parsing: found.bytes, shown: store.address(of: IndexPublication.index))
        if index.isWhole || isLast { return (index, found.version) }
      } catch RepositoryError.badIndex where !isLast && found.bytes.first != UInt8(ascii: "<") {}
      pause(attempt)
    }
    return (IndexWriter(), nil)
  }

  /// The charts that the index does not have.
  /// - Throws: ``PublishError/published(_:place:)`` for one that it has with other bytes.
  private func unpublished(in index: IndexWriter) throws -> [Int] {
    var seen: Set<String> = []
    return try charts.indices.filter { at in
      let chart = charts[at]
      guard let entry = index.entry(of: chart.metadata.name, version: chart.metadata.version) else {
        return seen.insert(chart.fileName).inserted
      }
      let digest = entry["digest"]?.string
      guard digest == chart.digest.hex || digest == "\(chart.digest)" else {
        throw PublishFailure(
          index: at,
          error: PublishError.published(chart.fileName, place: store.address(of: IndexPublication.index)))
      }
      return false
    }
  }

  /// Whether a write under a condition that does not hold is refused.
  private func keepsConditions() throws -> Bool {
    if let known = store.keepsConditions { return known }
    let note = Array("# draft publish tries here whether the server obeys conditions. It does not.\n".utf8)
    do {
      let stored = try store.put(
        IndexFragments.directory + "conditions", note, type: "text/plain", if: .unchanged(store.noVersion))
      call.debug("\(store.shown) \(stored ? "does not obey" : "obeys") conditions")
      return !stored
    } catch StorageError.status(_, _, let status, _) where [400, 404, 405, 501].contains(status) { return false }
  }

  /// Uploads an archive, and its signature. What an earlier call has left there without an entry in the index counts if
  /// it is the same, and is replaced if it is no chart: an upload that was cut.
  private func upload(_ chart: ReadyChart, keeps: Bool) throws {
    let key = chart.fileName, type = "application/gzip"
    let there = keeps ? nil : try store.get(key, limit: ChartLimits.total)
    if there == nil, try store.put(key, chart.bytes, type: type, if: keeps ? .absent : .always) {
      call.moved(bytes: chart.bytes.count)
    } else if let found = try there ?? store.get(key, limit: ChartLimits.total), found.bytes != chart.bytes {
      guard (try? checkChart(archive: found.bytes, path: key)) == nil else {
        throw PublishFailure(
          index: charts.firstIndex { $0.from == chart.from } ?? 0,
          error: PublishError.published(key, place: store.address(of: key)))
      }
      let condition = keeps ? found.version.map { StoreCondition.unchanged($0) } ?? .always : .always
      guard try store.put(key, chart.bytes, type: type, if: condition) else {
        throw PublishError.contended(store.address(of: key))
      }
    }
    if let signed = chart.signed {
      _ = try store.put(key + ".prov", signed, type: "text/plain", if: .always)
    }
  }

  /// Writes the index as long as it is the one that was read; else reads it again.
  private func write(_ entries: [JSON], _ index: inout IndexWriter, _ version: inout String?) throws {
    for attempt in 0..<IndexPublication.tries {
      if attempt > 0 {
        (index, version) = try read()
        // The other publisher may have published one of these.
        if try unpublished(in: index).isEmpty { return }
      }
      for entry in entries { index.add(entry) }
      let bytes = index.bytes(generated: try now)
      let condition = version.map { StoreCondition.unchanged($0) } ?? .absent
      if try store.put(IndexPublication.index, bytes, type: "text/yaml", if: condition) { return }
      call.debug("the index was changed by another publisher")
      pause(attempt)
    }
    throw PublishError.contended(store.address(of: IndexPublication.index))
  }

  /// Merges the fragments into the index until it has them all.
  private func merge(_ entries: [JSON], into index: IndexWriter) throws {
    var fragments = IndexFragments(store: store)
    let listed = try fragments.names()
    if let listed {
      // What was there before the first fragment must be in one too: such a store may show no index for a moment.
      if listed.isEmpty { try fragments.put(index.all, now: now) }
      try fragments.put(entries, now: now)
    } else {
      call.warn(
        "'\(store.shown)' neither obeys conditions nor lists files\n"
          + "  two publishers at once may lose an entry: publish there from one place only")
    }
    for attempt in 0..<IndexPublication.tries {
      var (index, _) = try self.read()
      _ = try unpublished(in: index)
      var isChanged = false
      for entry in try entries + fragments.pending(index) where index.add(entry) { isChanged = true }
      guard isChanged else { return }
      if listed != nil { IndexFragments.mark(&index) }
      _ = try store.put(IndexPublication.index, index.bytes(generated: try now), type: "text/yaml", if: .always)
      if attempt > 0 { pause(attempt) }
    }
    throw PublishError.lost(store.address(of: IndexPublication.index))
  }

  /// Longer with every try, and not as long as that of another publisher.
  private func pause(_ attempt: Int) {
    let most = UInt32(min(attempt + 1, 20)) * 10_000
    usleep(UInt32.random(in: 1_000...most))
  }
}
