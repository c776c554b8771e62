import Archives
import Command
import Glibc
import OCI
import Records
import Settings

/// A directory of tarballs in the draft home, each stored under its digest:
///
///     cache/contexts/sha256/HEX.tar, HEX.json    cache/charts/sha256/HEX/NAME-VERSION.tgz
///     last/KEY: the digests of the last run, one per line    tree/KEY: the tree at that time, see TarballCache+Memory
///     kept/KEY: the digests of the last runs, one line per run
///
/// All of it may be deleted at any time. It keeps its size below a limit by removing what was used least recently, but
/// not what was used within the hour, because a record on a pipe may still refer to it, and nothing that is locked.
package struct TarballCache {
  let directory: String
  /// The tarballs. A record on a pipe may still refer to one used within the last hour.
  private let tarballs: Cache

  static func contexts(_ home: Home) throws -> TarballCache { try TarballCache(home, "cache/contexts", limit: 4 << 30) }
  package static func charts(_ home: Home) throws -> TarballCache {
    try TarballCache(home, "cache/charts", limit: 256 << 20)
  }

  private init(_ home: Home, _ name: String, limit: Int) throws {
    do { try self.init(directory: try home.directory(name), limit: limit) } catch let error as SystemError {
      throw ArchiveError.cannotWrite(path: home.path + "/" + name, errno: error.number)
    }
  }

  init(directory: String, limit: Int) throws {
    self.directory = directory
    tarballs = Cache(directory + "/sha256", bytes: limit, idle: 3_600, isDeep: true)
    for name in ["/sha256", "/last", "/tree", "/kept"] { try Files.makeDirectories(directory + name, mode: 0o700) }
  }

  /// Makes a tarball and moves it to its place.
  /// - Parameters:
  ///   - key: identifies the source; the last tarball for the same key is compared first.
  ///   - file: the end of the file's path, after the digest's hex digits: `.tar`, `/web-0.1.0.tgz`.
  package func store(key: String, file: String, _ write: (Tarball) throws -> Void) throws -> Tarball.Result {
    let note = last(key)
    var last: (digest: String, path: String)?
    if let bytes = try? Files.read(note, limit: 128), let digest = String(validating: bytes, as: UTF8.self),
      isDigest(digest)
    {
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
      do { try Files.write(Array(result.digest.utf8), to: note, mode: 0o600, durable: false) } catch let error
        as SystemError
      {
        throw ArchiveError.cannotWrite(path: note, errno: error.number)
      }
      retire(key: key, for: [result.digest])
      prune()
    }
    return result
  }

  /// Records the result for a key, and removes the older results for it that no other key uses.
  func retire(key: String, for digests: [String]) {
    let dropped = Generations(kept(key)).add(digests.joined(separator: " "))
    guard !dropped.isEmpty else { return }
    var gone = Set(dropped.flatMap { $0.split(separator: " ") }.filter { isDigest(String($0)) }.map { $0.dropFirst(7) })
    for name in (try? Files.list(directory + "/kept")) ?? [] {
      for line in Generations("\(directory)/kept/\(name)").lines {
        gone.subtract(line.split(separator: " ").map { $0.dropFirst(7) })
      }
    }
    for digest in gone {
      for file in [".tar", ".json"] { tarballs.remove(digest + file) }
      for file in (try? Files.list(tarballs.path(String(digest)))) ?? [] { tarballs.remove(digest + "/" + file) }
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

  /// Enforces the limit, at most every ten minutes.
  func tidy() { if Cache.isDue(directory + "/pruned") { prune() } }

  /// Removes what exceeds the limit, and notes not used for three months. Errors are ignored: the cache must not make a
  /// command fail.
  func prune() {
    for notes in ["/last", "/tree", "/kept"] { Cache(directory + notes, kept: 0, idle: 90 * 86_400).sweep() }
    // A tarball's last use is its own time or that of a note about it.
    var used: [Substring: Int] = [:]
    for note in Cache(directory + "/last").entries() {
      guard let text = try? Files.readText(note.path, limit: 65_536) else { continue }
      for digest in text.lines {
        used[digest.dropFirst(7), default: 0] = max(used[digest.dropFirst(7), default: 0], note.used)
      }
    }
    tarballs.sweep(used: { max($0.used, used[$0.name.prefix(64), default: 0]) })
  }
}

/// Whether a string is `sha256:` and 64 lower-case hex digits.
func isDigest(_ text: String) -> Bool {
  let digits = text.utf8.dropFirst(7)
  return text.hasPrefix("sha256:") && digits.count == 64
    && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
}
