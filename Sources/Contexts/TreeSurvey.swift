import Archives
import Glibc
import OCI

/// Walks a tree alongside its earlier list, and determines what has changed. Only fresh files are read, and those of
/// the same size whose facts differ: if a `touch` or a checkout left the content as it was, the file has not changed,
/// and keeps its packed time.
final class TreeSurvey: ContextVisitor {
  private let root: String
  private let old: TreeList
  private let now: Int
  private var at = 0
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 4_096)

  /// The current state. The contents of changed files are not known yet.
  private(set) var list = TreeList()
  /// The files that were added, removed or changed.
  private(set) var changed: [(place: UInt8, size: Int)] = []
  /// Whether a directory or link was added, removed or changed.
  private(set) var frameChanged = false
  /// The number of files that had to be read.
  private(set) var reread = 0
  /// Whether a file read now can be skipped next time.
  private(set) var hasSettled = false
  /// The packed times of removed files; a file that comes back must be newer.
  private(set) var gone: Gone

  var hasChanged: Bool { frameChanged || !changed.isEmpty }

  /// - Parameter now: seconds since 1970, before the walk.
  init(root: String, old: TreeList, gone: Gone = Gone(), now: Int) {
    self.root = root
    self.old = old
    self.gone = gone
    self.now = now
  }

  deinit { buffer.deallocate() }

  /// Ends the walk: everything left in the list has been removed.
  func finish() { while at < old.entries.count { pass() } }

  /// A directory keeps its first packed time: otherwise every file added or removed would change it, and a directory is
  /// in many layers.
  func directory(_ path: [UInt8], _ status: stat) {
    let mode = status.st_mode & 0o7777, before = known(path, .directory).map { old.entries[$0] }
    if before?.facts.mode != UInt32(mode) { frameChanged = true }
    list.directory(path, mode: mode, time: before?.time ?? given(status, after: nil))
  }

  func link(_ path: [UInt8], to target: [UInt8], _ status: stat) {
    let index = known(path, .link)
    if let index, old.target(index).elementsEqual(target) {
      return list.link(path, to: target, time: old.entries[index].time)
    }
    frameChanged = true
    list.link(path, to: target, time: given(status, after: index.map { old.entries[$0].time } ?? gone.take(path)))
  }

  func file(_ path: [UInt8], _ status: stat, name: [UInt8], in directory: SourceDirectory) throws {
    let isFresh = TreeList.isFresh(status, at: now)
    var time: Int?
    if let index = known(path, .file) {
      let entry = old.entries[index], content = TreeList.Content(entry.content), facts = TreeList.Facts(status)
      let looksSame = entry.facts == facts, isBelieved = looksSame && !entry.isFresh
      let isSame = try facts.size == entry.facts.size && (isBelieved || read(path, name, directory) == content)
      if isSame, entry.facts.mode == facts.mode {
        if !looksSame || entry.isFresh && !isFresh { hasSettled = true }
        let staysFresh = isFresh && (entry.isFresh || !looksSame)
        list.file(path, status, place: entry.place, isFresh: staysFresh, content: content, time: entry.time)
        return
      }
      time = isSame ? entry.time : given(status, after: entry.time)
      // It leaves its old part, if its part changes.
      changed.append((entry.place, entry.facts.size))
    }
    let place = Division.place(path)
    changed.append((place, Int(status.st_size)))
    list.file(
      path, status, place: place, isFresh: isFresh, content: nil, time: time ?? given(status, after: gone.take(path)))
  }

  private func given(_ status: stat, after before: Int?) -> Int {
    SourceDate.given(own: status.st_mtim.tv_sec, after: before, now: now)
  }

  private func read(_ path: [UInt8], _ name: [UInt8], _ directory: SourceDirectory) throws -> TreeList.Content {
    reread += 1
    let file = try SourceFile(name, in: directory.descriptor, path: root + "/" + PathBytes.text(path))
    var hash = SHA256()
    try file.read(by: buffer) { hash.update($0) }
    return TreeList.Content(hash.finishBytes())
  }

  /// The earlier entry of that path and kind.
  private func known(_ path: [UInt8], _ kind: TreeList.Kind) -> Int? {
    while at < old.entries.count {
      let there = old.path(at)
      if there.elementsEqual(path) {
        guard old.entries[at].kind == kind else { pass(); return nil }
        at += 1
        return at - 1
      }
      guard TreeSurvey.precedes(there, path) else { return nil }
      pass()
    }
    return nil
  }

  /// The entry was removed.
  private func pass() {
    let entry = old.entries[at]
    if entry.kind != .directory { gone.add(old.path(at), entry.time) }
    if entry.kind == .file { changed.append((entry.place, entry.facts.size)) } else { frameChanged = true }
    at += 1
  }

  /// The order of a walk: a directory before its contents, names in byte order; `/` sorts before all other bytes.
  static func precedes(_ a: some Sequence<UInt8>, _ b: some Sequence<UInt8>) -> Bool {
    a.lexicographicallyPrecedes(b) {
      ($0 == UInt8(ascii: "/") ? 0 : Int($0) + 1) < ($1 == UInt8(ascii: "/") ? 0 : Int($1) + 1)
    }
  }
}

/// The packed times of files and links removed from a tree, limited to the latest, keyed by the first eight bytes of
/// the SHA-256 of their paths.
struct Gone: Equatable {
  private(set) var times: [String: Int] = [:]
  private static let limit = 512

  init(_ times: [String: Int] = [:]) { self.times = times }

  mutating func add(_ path: some Collection<UInt8>, _ time: Int) { times[Gone.key(path)] = time }

  /// Removes and returns the time of the path, which exists again.
  mutating func take(_ path: some Collection<UInt8>) -> Int? {
    times.isEmpty ? nil : times.removeValue(forKey: Gone.key(path))
  }

  private static func key(_ path: some Collection<UInt8>) -> String {
    String(SHA256.digest(Array(path)).dropFirst(7).prefix(16))
  }

  /// The latest times, in a defined order.
  var latest: [(name: String, time: Int)] {
    let all = times.map { (name: $0.key, time: $0.value) }.sorted { ($1.time, $0.name) < ($0.time, $1.name) }
    return Array(all.prefix(Gone.limit))
  }
}
