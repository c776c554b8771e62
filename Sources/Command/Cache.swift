import Glibc
import Records

/// A directory of what can be made again, by name, with bounds: files, or directories each of which counts as one. What was used longest
/// ago goes first, and nothing that somebody has open under a lock. All of it may be deleted at any time, also under work.
package struct Cache: Sendable {
  package let directory: String
  /// So many are left alone: a sweep only counts them.
  package var limit: Int
  /// How many stay when there are more.
  package var kept: Int
  /// As many bytes stay as fit, by the blocks they take.
  package var bytes: Int
  /// Seconds; what was used within them stays, since a command under way may still want it. With 0 nothing does.
  package var idle: Int
  /// Whether a directory in it is one of more files, rather than an entry.
  package var isDeep: Bool

  /// - Parameter kept: nil for half the limit, so that not each new entry begins a sweep; for any number where there is no limit.
  package init(_ directory: String, limit: Int = 0, kept: Int? = nil, bytes: Int = .max, idle: Int = 0, isDeep: Bool = false) {
    self.directory = directory
    self.limit = limit
    self.kept = kept ?? (limit > 0 ? limit / 2 : .max)
    self.bytes = bytes
    self.idle = idle
    self.isDeep = isDeep
  }

  package func path(_ name: String) -> String { directory + "/" + name }

  /// nil for what is not there, is no file or is longer than the limit. It is for the reader to see whether it is whole.
  package func read(_ name: String, limit: Int = 1 << 20) -> [UInt8]? { try? Files.read(path(name), limit: limit) }

  /// Writes an entry, beside and renamed, without waiting for the disk; a new one is followed by a sweep.
  package func put(_ bytes: [UInt8], as name: String) throws {
    let isNew = !Files.exists(path(name))
    try Files.write(bytes, to: path(name), mode: 0o600, durable: false)
    if isNew { sweep() }
  }

  /// Marks an entry as used now, so that it is the last to go.
  package func use(_ name: String) { utimensat(AT_FDCWD, path(name), nil, 0) }

  // MARK: the sweep

  package struct Entry: Comparable {
    package let path: String
    /// Relative to the cache.
    package let name: String
    let status: stat

    /// When it was written or marked as used, in seconds.
    package var used: Int { status.st_mtim.tv_sec }
    package var bytes: Int { Int(status.st_blocks) * 512 }
    fileprivate var isDirectory: Bool { status.st_mode & S_IFMT == Glibc.S_IFDIR }

    package static func < (a: Entry, b: Entry) -> Bool {
      (a.used, a.status.st_mtim.tv_nsec, a.name) < (b.used, b.status.st_mtim.tv_nsec, b.name)
    }

    package static func == (a: Entry, b: Entry) -> Bool { a.path == b.path && a.isSame(b.status) }

    fileprivate func isSame(_ other: stat) -> Bool {
      other.st_ino == status.st_ino && other.st_mtim.tv_sec == status.st_mtim.tv_sec && other.st_mtim.tv_nsec == status.st_mtim.tv_nsec
    }
  }

  /// What is there, what was used last first.
  package func latest() -> [Entry] { entries().sorted { $1 < $0 } }

  /// What is there.
  package func entries() -> [Entry] {
    var directories: [Entry] = []
    return entries((try? Files.list(directory)) ?? [], &directories)
  }

  private func entries(_ names: [String], in parent: String = "", _ directories: inout [Entry]) -> [Entry] {
    var found: [Entry] = []
    for name in names {
      guard let entry = entry(parent + name) else { continue }
      guard isDeep, entry.isDirectory else { found.append(entry); continue }
      found += entries((try? Files.list(entry.path)) ?? [], in: entry.name + "/", &directories)
      // After what is in it.
      directories.append(entry)
    }
    return found
  }

  private func entry(_ name: String) -> Entry? {
    var status = stat()
    return lstat(path(name), &status) == 0 ? Entry(path: path(name), name: name, status: status) : nil
  }

  /// Removes what is over the bounds. What cannot be removed stays; a cache is not worth a failure.
  /// - Parameters:
  ///   - isFree: whether an entry may go, asked of each that is to, the oldest first.
  ///   - used: when an entry was used, where more than its own time tells.
  /// - Returns: how many went, and the bytes of the blocks they took.
  @discardableResult
  package func sweep(now: Int = time(nil), isFree: (Entry) -> Bool = { _ in true }, used: (Entry) -> Int = { $0.used }) -> (number: Int, bytes: Int) {
    let names = (try? Files.list(directory)) ?? []
    guard names.count > limit else { return (0, 0) }
    var directories: [Entry] = [], number = 0, total = 0
    let all = entries(names, &directories).map { (used: used($0), entry: $0) }.sorted { ($0.used, $0.entry) < ($1.used, $1.entry) }
    var rest = all.count, size = all.reduce(0) { $0.plus($1.entry.bytes) }
    for (used, entry) in all {
      guard rest > kept || size > bytes, idle == 0 || used <= now - idle else { break }
      guard isFree(entry), remove(entry) else { continue }
      rest -= 1
      size -= entry.bytes
      number += 1
      total += entry.bytes
    }
    // Only an empty one goes. An entry that is being made has its directory first.
    for directory in directories where idle == 0 || directory.used <= now - idle { rmdir(directory.path) }
    return (number, total)
  }

  /// Removes one entry, unless somebody has it open under a lock; false for what stays.
  @discardableResult
  package func remove(_ name: String) -> Bool {
    guard let entry = entry(name), remove(entry) else { return false }
    if isDeep, let slash = name.lastIndex(of: "/") { rmdir(path(String(name[..<slash]))) }
    return true
  }

  private func remove(_ entry: Entry) -> Bool {
    switch entry.status.st_mode & S_IFMT {
    case Glibc.S_IFREG:
      // It may have been used since it was looked at; the lock is held until it is gone.
      guard let file = try? OpenFile(entry.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), file.tryLock(), let now = try? file.status(), entry.isSame(now)
      else { return false }
      return unlink(entry.path) == 0
    case Glibc.S_IFDIR:
      guard let now = self.entry(entry.name), now == entry else { return false }
      removeTree(entry.path)
      return !Files.exists(entry.path)
    default: return unlink(entry.path) == 0
    }
  }

  /// Whether a sweep that looks at many files is due, ten minutes after the last one; if so, notes it.
  /// - Parameter mark: a file whose time tells of the last one.
  package static func isDue(_ mark: String) -> Bool {
    var status = stat()
    if stat(mark, &status) == 0, status.st_mtim.tv_sec > time(nil) - 600 { return false }
    try? Files.write([], to: mark, mode: 0o600, durable: false)
    return true
  }
}
