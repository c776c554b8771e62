import Command
import Glibc
import OCI
import Records
import Storage

/// The fragments of an index in a store that does not obey conditions: files in `index.d/`, each an index with the
/// entries of one call. Publishers write them before the index, so that what one of them writes over is not lost, and
/// merge them into it. Readers merge them as well: a publisher may have been killed before it did.
///
/// An index that has fragments says so in its annotations, which helm leaves to others, so that readers of any other
/// index do not ask for them.
struct IndexFragments {
  let store: any ObjectStore
  /// What has been read, by name.
  private var read: [String: [JSON]] = [:]

  static let directory = "index.d/"
  private static let mark = "draft/fragments"

  init(store: any ObjectStore) { self.store = store }

  static func mark(_ index: inout IndexWriter) { index.annotate(mark, String(directory.dropLast())) }

  /// Whether an index has fragments. The annotations are at the start of the file.
  static func areMarked(in file: borrowing OpenFile) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let descriptor = file.descriptor, count = uninterrupted { pread(descriptor, &bytes, bytes.count, 0) }
    return bytes[..<max(0, count)].contains(mark.utf8)
  }

  /// The names of all; nil if the store cannot tell.
  func names() throws -> [String]? {
    try store.list(IndexFragments.directory)?.filter { $0.hasSuffix(".yaml") }
  }

  /// - Parameter now: the time of the fragment.
  func put(_ entries: [JSON], now: String) throws {
    var fragment = IndexWriter()
    for entry in entries { fragment.add(entry) }
    guard let first = fragment.all.first else { return }
    let bytes = fragment.bytes(generated: now)
    let name = "\(IndexFragments.name(first)).\(Digest(of: bytes).hex.prefix(12)).yaml"
    _ = try store.put(IndexFragments.directory + name, bytes, type: "text/yaml", if: .always)
  }

  /// The entries of fragments that the index may lack. A fragment is named after the first of its charts, and its
  /// entries come into an index together.
  mutating func pending(_ index: IndexWriter) throws -> [JSON] {
    guard let names = try names(), !names.isEmpty else { return [] }
    let known = Set(index.all.map(IndexFragments.name))
    var entries: [JSON] = []
    for name in names {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count > 2, !known.contains(parts.dropLast(2).joined(separator: ".")) else { continue }
      if read[name] == nil {
        let key = IndexFragments.directory + name
        guard let found = try store.get(key, limit: ChartIndex.limit) else { continue }
        // A publisher may be writing it.
        guard let fragment = try? IndexWriter(parsing: found.bytes, shown: store.address(of: key)), fragment.isWhole
        else { continue }
        read[name] = fragment.all
      }
      entries += read[name] ?? []
    }
    return entries
  }

  /// Adds to an index in a file what fragments have besides.
  /// - Parameter shown: what messages call the index.
  static func merge(into file: borrowing OpenFile, from store: any ObjectStore, shown: String) throws {
    var index = try IndexWriter(parsing: downloaded(file), shown: shown)
    var fragments = IndexFragments(store: store), isChanged = false
    for entry in try fragments.pending(index) where index.add(entry) { isChanged = true }
    guard isChanged else { return }
    try rewrite(file, index.bytes(generated: Instant(seconds: time(nil)).text), shown: shown)
  }

  /// Puts an index from a store into a file, with what its fragments have besides.
  /// - Returns: false if there is none.
  static func fetch(from store: any ObjectStore, to file: borrowing OpenFile) throws -> Bool {
    guard let found = try store.get(IndexPublication.index, limit: ChartIndex.limit) else { return false }
    let shown = store.address(of: IndexPublication.index)
    try rewrite(file, found.bytes, shown: shown)
    if areMarked(in: file) { try merge(into: file, from: store, shown: shown) }
    return true
  }

  private static func rewrite(_ file: borrowing OpenFile, _ bytes: [UInt8], shown: String) throws {
    guard ftruncate(file.descriptor, 0) == 0, lseek(file.descriptor, 0, SEEK_SET) == 0 else {
      throw SystemError("cannot write '\(shown)'", errno)
    }
    do { try file.write(bytes) } catch { throw SystemError("cannot write '\(shown)'", error.number) }
  }

  /// `web-1.0.0`
  private static func name(_ entry: JSON) -> String {
    "\(entry["name"]?.string ?? "")-\(entry["version"]?.string ?? "")"
  }
}
