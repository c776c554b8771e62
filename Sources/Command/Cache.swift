import Glibc
import Records

/// A directory with limits, of files or directories that can be recreated; a directory counts as one entry. A sweep
/// removes the least recently used entries first, but none that is open and locked. Everything in it may be deleted at
/// any time.
package struct Cache: Sendable {
  package let directory: String
  /// Up to this number of entries a sweep does nothing but count them.
  package var limit: Int
  /// How many stay if there are more.
  package var kept: Int
  /// How many bytes stay at most, in blocks on disk.
  package var bytes: Int
  /// Entries used within so many seconds stay, because a running command may still need them; 0 keeps none.
  package var idle: Int
  /// Whether the entries are the files in its directories, at any depth, rather than the directories.
  package var isDeep: Bool

  /// - Parameter kept: nil for half the limit, so that not every new entry starts a sweep; without a limit, any number.
  package init(
    _ directory: String, limit: Int = 0, kept: Int? = nil, bytes: Int = .max, idle: Int = 0, isDeep: Bool = false
  ) {
    self.directory = directory
    self.limit = limit
    self.kept = kept ?? (limit > 0 ? limit / 2 : .max)
    self.bytes = bytes
    self.idle = idle
    self.isDeep = isDeep
  }

  package func path(_ name: String) -> String { directory + "/" + name }

  /// Reads an entry; nil if it is missing, not a file or longer than the limit. The caller checks that it is complete.
  package func read(_ name: String, limit: Int = 1 << 20) -> [UInt8]? { try? Files.read(path(name), limit: limit) }

  /// Writes an entry beside its place and renames it, without waiting for the disk. Sweeps after a new one.
  package func put(_ bytes: [UInt8], as name: String) throws {
    let isNew = !Files.exists(path(name))
    try Files.write(bytes, to: path(name), mode: 0o600, durable: false)
    if isNew { sweep() }
  }

  /// Marks an entry as used now, so that it is removed last.
  package func use(_ name: String) { utimensat(AT_FDCWD, path(name), nil, 0) }

  // MARK: the sweep

  package struct Entry: Comparable {
    package let path: String
    /// Relative to the cache.
    package let name: String
    let status: stat

    /// The time it was written or marked as used, in seconds.
    package var used: Int { status.st_mtim.tv_sec }
    package var bytes: Int { Int(status.st_blocks) * 512 }
    fileprivate var isDirectory: Bool { status.st_mode & S_IFMT == Glibc.S_IFDIR }

    package static func < (a: Entry, b: Entry) -> Bool {
      (a.used, a.status.st_mtim.tv_nsec, a.name) < (b.used, b.status.st_mtim.tv_nsec, b.name)
    }

    package static func == (a: Entry, b: Entry) -> Bool { a.path == b.path && a.isSame(b.status) }

    fileprivate func isSame(_ other: stat) -> Bool {
      other.st_ino == status.st_ino && other.st_mtim.tv_sec == status.st_mtim.tv_sec
        && other.st_mtim.tv_nsec == status.st_mtim.tv_nsec
    }
  }

  /// The entries, most recently used first.
  package func latest() -> [Entry] { entries().sorted { $1 < $0 } }

  /// The entries, sorted by name.
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
      // After its contents.
      directories.append(entry)
    }
    return found
  }

  private func entry(_ name: String) -> Entry? {
    var status = stat()
    return lstat(path(name), &status) == 0 ? Entry(path: path(name), name: name, status: status) : nil
  }

  /// Removes what exceeds the limits. Errors are ignored: a cache must not make a command fail.
  /// - Parameters:
  ///   - isFree: whether an entry may be removed; asked for each that would be, the oldest first.
  ///   - used: when an entry was used, if more than its own time tells.
  /// - Returns: how many were removed, and the bytes of their blocks.
  @discardableResult
  package func sweep(now: Int = time(nil), isFree: (Entry) -> Bool = { _ in true }, used: (Entry) -> Int = { $0.used })
    -> (number: Int, bytes: Int)
  {
    let names = (try? Files.list(directory)) ?? []
    guard names.count > limit else { return (0, 0) }
    var directories: [Entry] = [], number = 0, total = 0
    let all = entries(names, &directories).map { (used: used($0), entry: $0) }.sorted {
      ($0.used, $0.entry) < ($1.used, $1.entry)
    }
    var rest = all.count, size = all.reduce(0) { $0.plus($1.entry.bytes) }
    for (used, entry) in all {
      guard rest > kept || size > bytes, idle == 0 || used <= now - idle else { break }
      guard isFree(entry), remove(entry) else { continue }
      rest -= 1
      size -= entry.bytes
      number += 1
      total += entry.bytes
    }
    // Only empty ones. A new entry's directory is created before it.
    for directory in directories where idle == 0 || directory.used <= now - idle { rmdir(directory.path) }
    return (number, total)
  }

  /// Removes one entry, unless it is open and locked. False if it stays.
  @discardableResult
  package func remove(_ name: String) -> Bool {
    guard let entry = entry(name), remove(entry) else { return false }
    if isDeep, let slash = name.lastIndex(of: "/") { rmdir(path(String(name[..<slash]))) }
    return true
  }

  private func remove(_ entry: Entry) -> Bool {
    switch entry.status.st_mode & S_IFMT {
    case Glibc.S_IFREG:
      // It may have been used since; keep the lock until it is removed.
      guard let file = try? OpenFile(entry.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), file.tryLock(),
        let now = try? file.status(), entry.isSame(now)
      else { return false }
      return unlink(entry.path) == 0
    case Glibc.S_IFDIR:
      guard let now = self.entry(entry.name), now == entry else { return false }
      removeTree(entry.path)
      return !Files.exists(entry.path)
    default: return unlink(entry.path) == 0
    }
  }

  /// Whether a sweep of many files is due, ten minutes after the last one; if so, notes the time.
  /// - Parameter mark: a file whose time is that of the last sweep.
  package static func isDue(_ mark: String) -> Bool {
    var status = stat()
    if stat(mark, &status) == 0, status.st_mtim.tv_sec > time(nil) - 600 { return false }
    try? Files.write([], to: mark, mode: 0o600, durable: false)
    return true
  }
}
