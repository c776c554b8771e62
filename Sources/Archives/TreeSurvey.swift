import Glibc

/// Walks a tree beside the list of how it was, and tells what has changed since. No file is read but fresh ones.
final class TreeSurvey: ContextVisitor {
  private let root: String
  private let old: TreeList
  private let now: Int
  private var at = 0
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 4_096)

  /// How it is now. The content of a changed file is not known yet.
  private(set) var list = TreeList()
  /// Each file that has come, gone or changed.
  private(set) var changed: [(place: UInt8, size: Int)] = []
  /// Whether a directory or link has.
  private(set) var frameChanged = false
  /// How many fresh files had to be read.
  private(set) var reread = 0
  /// Whether a file that was fresh need not be read next time.
  private(set) var hasSettled = false

  var hasChanged: Bool { frameChanged || !changed.isEmpty }

  /// - Parameter now: seconds since 1970, before the walk.
  init(root: String, old: TreeList, now: Int) {
    self.root = root
    self.old = old
    self.now = now
  }

  deinit { buffer.deallocate() }

  /// After the walk: what the list still holds is gone.
  func finish() { while at < old.entries.count { pass() } }

  func directory(_ path: [UInt8], mode: mode_t) {
    if known(path, .directory).map({ old.entries[$0].facts.mode != UInt32(mode) }) ?? true { frameChanged = true }
    list.directory(path, mode: mode)
  }

  func link(_ path: [UInt8], to target: [UInt8]) {
    if known(path, .link).map({ !old.target($0).elementsEqual(target) }) ?? true { frameChanged = true }
    list.link(path, to: target)
  }

  func file(_ path: [UInt8], _ status: stat, name: [UInt8], in directory: SourceDirectory) throws {
    let isFresh = TreeList.isFresh(status, at: now)
    if let index = known(path, .file) {
      let entry = old.entries[index], content = TreeList.Content(entry.content)
      if try entry.facts == TreeList.Facts(status) && (!entry.isFresh || read(path, name, directory) == content) {
        if entry.isFresh, !isFresh { hasSettled = true }
        list.file(path, status, place: entry.place, isFresh: entry.isFresh && isFresh, content: content)
        return
      }
      // It leaves the part it was in, if that is another one now.
      changed.append((entry.place, entry.facts.size))
    }
    let place = Division.place(path)
    changed.append((place, Int(status.st_size)))
    list.file(path, status, place: place, isFresh: isFresh, content: nil)
  }

  private func read(_ path: [UInt8], _ name: [UInt8], _ directory: SourceDirectory) throws -> TreeList.Content {
    reread += 1
    let file = try SourceFile(name, in: directory.descriptor, path: root + "/" + PathBytes.text(path))
    var hash = SHA256()
    try file.read(by: buffer) { hash.update($0) }
    return TreeList.Content(hash.finishBytes())
  }

  /// The entry of that path and kind as it was.
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

  /// The entry is there no more.
  private func pass() {
    let entry = old.entries[at]
    if entry.kind == .file { changed.append((entry.place, entry.facts.size)) } else { frameChanged = true }
    at += 1
  }

  /// The order of a walk: a directory before what is in it; names by their bytes. As if the slash came before every other byte.
  static func precedes(_ a: some Sequence<UInt8>, _ b: some Sequence<UInt8>) -> Bool {
    a.lexicographicallyPrecedes(b) { ($0 == UInt8(ascii: "/") ? 0 : Int($0) + 1) < ($1 == UInt8(ascii: "/") ? 0 : Int($1) + 1) }
  }
}
