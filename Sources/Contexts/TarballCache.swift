import Archives
import Command
import Glibc
import OCI
import Records
import Settings

/// A directory of tarballs in the draft home, each under its digest:
///
///     cache/contexts/sha256/HEX.tar, HEX.json    cache/charts/sha256/HEX/NAME-VERSION.tgz
///     last/KEY: the digests of the last run, a line each    tree/KEY: what the tree looked like then, see TarballCache+Memory
///     kept/KEY: those of the last runs, a line for each run
///
/// All of it may be deleted at any time. It keeps itself below a limit: what was used longest ago goes first, but nothing that
/// was used within the hour, since a record on a pipe may still speak of it, and nothing that is open under a lock.
package struct TarballCache {
  let directory: String
  private let limit: Int

  static func contexts(_ home: Home) throws -> TarballCache { try TarballCache(home, "cache/contexts", limit: 4 << 30) }
  package static func charts(_ home: Home) throws -> TarballCache { try TarballCache(home, "cache/charts", limit: 256 << 20) }

  private init(_ home: Home, _ name: String, limit: Int) throws {
    do { try self.init(directory: try home.directory(name), limit: limit) } catch let error as SystemError {
      throw ArchiveError.cannotWrite(path: home.path + "/" + name, errno: error.number)
    }
  }

  init(directory: String, limit: Int) throws {
    self.directory = directory
    self.limit = limit
    for name in ["/sha256", "/last", "/tree", "/kept"] { try Files.makeDirectories(directory + name, mode: 0o700) }
  }

  /// Makes a tarball and gives it its place.
  /// - Parameters:
  ///   - key: what the tarball is of; the one made last for the same key is compared first.
  ///   - file: the file's name behind the digest's hex digits: `.tar`, `/web-0.1.0.tgz`.
  package func store(key: String, file: String, _ write: (Tarball) throws -> Void) throws -> Tarball.Result {
    let note = last(key)
    var last: (digest: String, path: String)?
    if let bytes = try? Files.read(note, limit: 128), let digest = String(validating: bytes, as: UTF8.self), isDigest(digest) {
      last = (digest, path(digest, file))
    }
    let tarball = try Tarball(directory: directory + "/sha256", last: last)
    try write(tarball)
    let result = try tarball.finish { digest in
      let path = path(digest, file)
      if file.hasPrefix("/") { try makeDirectory(String(path.dropLast(file.count))) }
      return path
    }
    if result.isNew {
      do { try Files.write(Array(result.digest.utf8), to: note, mode: 0o600, durable: false) } catch let error as SystemError {
        throw ArchiveError.cannotWrite(path: note, errno: error.number)
      }
      retire(key: key, for: [result.digest])
      prune()
    }
    return result
  }

  /// Remembers what was made for a key, and removes what was made for it before the last ones and nothing else has.
  func retire(key: String, for digests: [String]) {
    let dropped = Generations(kept(key)).add(digests.joined(separator: " "))
    guard !dropped.isEmpty else { return }
    var gone = Set(dropped.flatMap { $0.split(separator: " ") }.filter { isDigest(String($0)) }.map { $0.dropFirst(7) })
    for name in (try? Files.list(directory + "/kept")) ?? [] {
      for line in Generations("\(directory)/kept/\(name)").lines { gone.subtract(line.split(separator: " ").map { $0.dropFirst(7) }) }
    }
    for digest in gone {
      for file in [".tar", ".json"] { entry("\(directory)/sha256/\(digest)\(file)").forEach { _ = remove($0) } }
      let place = "\(directory)/sha256/\(digest)"
      for file in (try? Files.list(place)) ?? [] { entry(place + "/" + file).forEach { _ = remove($0) } }
    }
  }

  private func kept(_ key: String) -> String { directory + "/kept/" + SHA256.digest(Array(key.utf8)).dropFirst(7) }

  func last(_ key: String) -> String { directory + "/last/" + SHA256.digest(Array(key.utf8)).dropFirst(7) }

  func path(_ digest: String, _ file: String) -> String { directory + "/sha256/" + digest.dropFirst(7) + file }

  private func makeDirectory(_ path: String) throws {
    do { try Files.makeDirectories(path, mode: 0o700) } catch let error as SystemError {
      throw ArchiveError.cannotWrite(path: path, errno: error.number)
    }
  }

  private struct Entry {
    var path: String
    /// The file's own time, and that of the latest note of it.
    var used: Int, noted = 0
    var size: Int
    var isLeftover: Bool

    var lastUsed: Int { max(used, noted) }
  }

  /// Looks after the limit, now and then.
  func tidy() {
    let mark = directory + "/pruned"
    var status = stat()
    if stat(mark, &status) == 0, status.st_mtim.tv_sec > time(nil) - 600 { return }
    try? Files.write([], to: mark, mode: 0o600, durable: false)
    prune()
  }

  /// Removes what is over the limit. What cannot be removed stays; a cache is not worth a failure.
  func prune() {
    var entries: [Entry] = []
    let root = directory + "/sha256"
    for name in (try? Files.list(root)) ?? [] {
      let path = root + "/" + name
      guard Files.isDirectory(path) else { entries += entry(path); continue }
      let files = (try? Files.list(path)) ?? []
      if files.isEmpty { rmdir(path) }
      entries += files.flatMap { entry(path + "/" + $0) }
    }
    let now = time(nil)
    // When a tarball was used is told by its own time or by that of a note of it.
    var used: [String: Int] = [:]
    for notes in ["/last", "/tree", "/kept"] {
      for note in (try? Files.list(directory + notes)) ?? [] {
        for entry in entry(directory + notes + "/" + note) {
          if entry.used < now - 90 * 86_400 { unlink(entry.path) }
          guard notes == "/last", let text = try? Files.readText(entry.path, limit: 65_536) else { continue }
          for digest in text.lines { used[String(digest.dropFirst(7)), default: 0].raise(to: entry.used) }
        }
      }
    }
    for index in entries.indices {
      let name = Files.relative(entries[index].path, to: root) ?? ""
      entries[index].noted = used[String(name.prefix(64))] ?? 0
    }
    var total = entries.reduce(0) { $0 + $1.size }
    for entry in entries.sorted(by: { ($0.lastUsed, $0.path) < ($1.lastUsed, $1.path) }) {
      // A leftover is a file a killed process was writing.
      guard entry.isLeftover ? entry.used < now - 86_400 : total > limit && entry.lastUsed < now - 3_600 else { continue }
      if remove(entry) { total -= entry.size }
    }
  }

  private func entry(_ path: String) -> [Entry] {
    var status = stat()
    guard lstat(path, &status) == 0 else { return [] }
    return [Entry(path: path, used: status.st_mtim.tv_sec, size: Int(status.st_blocks) * 512, isLeftover: path.contains(".tmp-"))]
  }

  private func remove(_ entry: Entry) -> Bool {
    guard let file = try? OpenFile(entry.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), file.tryLock(), let status = try? file.status(),
      status.st_mtim.tv_sec == entry.used
    else { return false }
    let removed = unlink(entry.path) == 0
    if removed, let slash = entry.path.lastIndex(of: "/") { rmdir(String(entry.path[..<slash])) }
    return removed
  }
}

extension Int {
  fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}

/// Whether a string is `sha256:` and 64 lower-case hex digits.
func isDigest(_ text: String) -> Bool {
  let digits = text.utf8.dropFirst(7)
  return text.hasPrefix("sha256:") && digits.count == 64 && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
}
