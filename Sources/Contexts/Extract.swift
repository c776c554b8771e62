import Archives
import Command
import Glibc
import Records

/// Unpacks a context into a directory, which should be empty, and verifies its digest on the way.
///
/// Nothing is written outside: each part of a path is opened without following links, and `..`, absolute paths, devices
/// and FIFOs are refused. Links are created unchanged and never followed. Permissions and times are those of the
/// archive, but the current user owns everything. The context is locked against pruning meanwhile.
/// - Throws: ``ArchiveError``; what is unpacked by then stays for the caller to remove.
public func extract(_ payload: Payload, into directory: String) throws {
  let extraction = try Extraction(directory: directory, archive: payload.path)
  for part in try payload.parts() {
    let file = try part.open()
    let reader = try TarReader(descriptor: file.descriptor, name: part.path)
    while let member = try reader.next() { try extraction.add(member, reader) }
    guard reader.finish() == (part.digest, part.size) else { throw ArchiveError.payloadDiffers(path: part.path) }
  }
  try extraction.finish()
}

/// The same for a tar archive without a known digest; returns its digest and size.
@discardableResult public func extract(tar path: String, into directory: String) throws -> (digest: String, size: Int) {
  let file = try openTarball(path) { .payloadMissing(path: path, errno: $0) }
  let reader = try TarReader(descriptor: file.descriptor, name: path)
  let extraction = try Extraction(directory: directory, archive: path)
  while let member = try reader.next() { try extraction.add(member, reader) }
  try extraction.finish()
  return reader.finish()
}

private final class Extraction {
  private let archive: String
  private let directory: String
  private let root: OpenFile
  /// The directory of the last member: the next one is usually in it too.
  private var path: [ArraySlice<UInt8>] = [], current: OpenFile?
  /// Permissions and times are set last: a directory may be read-only, and its time changes as it is filled.
  private var directories: [(path: [ArraySlice<UInt8>], mode: mode_t, seconds: Int)] = []

  init(directory: String, archive: String) throws(ArchiveError) {
    self.archive = archive
    self.directory = directory
    root = try OpenFile(directory, O_RDONLY | O_DIRECTORY) { ArchiveError.cannotWrite(path: directory, errno: $0) }
  }

  func add(_ member: TarReader.Member, _ reader: TarReader) throws {
    var parts = try split(member.path, of: member)
    guard let last = parts.popLast() else {
      if case .directory = member.kind { return }
      throw hostile(member, "it has no name")
    }
    let name = Array(last)
    let parent = try open(parts, of: member)
    switch member.kind {
    case .directory:
      guard withCString(name, { mkdirat(parent, $0, 0o700) }) == 0 || errno == EEXIST else { throw failure() }
      // Do not accept a link of that name as the directory.
      _ = try step(name, in: parent, of: member, make: false)
      directories.append((parts + [last], member.mode, member.seconds))
    case .file:
      try makeRoom(for: name, in: parent)
      let file = try OpenFile(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600, in: parent, failure)
      try reader.data { try write($0, at: $1, to: file) }
      guard ftruncate(file.descriptor, off_t(member.size)) == 0, fchmod(file.descriptor, member.mode) == 0 else {
        throw failure()
      }
      var times = [timespec(tv_sec: member.seconds, tv_nsec: 0), timespec(tv_sec: member.seconds, tv_nsec: 0)]
      guard futimens(file.descriptor, &times) == 0 else { throw failure() }
    case .link(let target):
      try makeRoom(for: name, in: parent)
      guard withCString(target, { target in withCString(name) { symlinkat(target, parent, $0) } }) == 0 else {
        throw failure()
      }
      var times = [timespec(tv_sec: member.seconds, tv_nsec: 0), timespec(tv_sec: member.seconds, tv_nsec: 0)]
      _ = withCString(name) { utimensat(parent, $0, &times, AT_SYMLINK_NOFOLLOW) }
    case .hardLink(let target):
      var targetParts = try split(target, of: member)
      guard let targetName = targetParts.popLast().map(Array.init) else {
        throw hostile(member, "its link target is empty")
      }
      // `open` may close the descriptor it returned before.
      let here = OpenFile(dup(parent))
      let there = try open(targetParts, of: member)
      try makeRoom(for: name, in: here.descriptor)
      let result = withCString(targetName) { target in
        withCString(name) { linkat(there, target, here.descriptor, $0, 0) }
      }
      guard result == 0 else {
        throw hostile(member, "it links to '\(PathBytes.text(target))': \(errnoText(errno))")
      }
    case .other: throw hostile(member, "it is a device, FIFO or socket")
    }
  }

  func finish() throws {
    for entry in directories.sorted(by: { $0.path.count > $1.path.count }) {
      let descriptor = try open(entry.path, of: nil)
      var times = [timespec(tv_sec: entry.seconds, tv_nsec: 0), timespec(tv_sec: entry.seconds, tv_nsec: 0)]
      guard fchmod(descriptor, entry.mode) == 0, futimens(descriptor, &times) == 0 else { throw failure() }
    }
  }

  private func split(_ path: [UInt8], of member: TarReader.Member) throws -> [ArraySlice<UInt8>] {
    guard path.first != UInt8(ascii: "/") else {
      throw hostile(member, "'\(PathBytes.text(path))' is an absolute path")
    }
    let parts = path.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
    guard !parts.contains(where: { $0.elementsEqual("..".utf8) }) else {
      throw hostile(member, "'\(PathBytes.text(path))' leads out of the directory")
    }
    return parts
  }

  /// Opens the directory at a path, creating missing ones. It stays open until the next call.
  private func open(_ parts: [ArraySlice<UInt8>], of member: TarReader.Member?) throws -> Int32 {
    if parts.isEmpty { return root.descriptor }
    if let current = current?.descriptor, path.count == parts.count,
      zip(path, parts).allSatisfy({ $0.elementsEqual($1) })
    {
      return current
    }
    path = []
    current = nil
    for part in parts {
      current = try step(Array(part), in: current?.descriptor ?? root.descriptor, of: member, make: true)
    }
    path = parts
    return current?.descriptor ?? root.descriptor
  }

  private func step(_ name: [UInt8], in parent: Int32, of member: TarReader.Member?, make: Bool) throws -> OpenFile {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
    do throws(Errno) {
      do { return try OpenFile(name, flags, in: parent) } catch {
        guard error.number == ENOENT, make else { throw error }
        guard withCString(name, { mkdirat(parent, $0, 0o755) }) == 0 || errno == EEXIST else { throw Errno(errno) }
        return try OpenFile(name, flags, in: parent)
      }
    } catch {
      guard [ELOOP, ENOTDIR].contains(error.number), let member else { throw failure(error.number) }
      throw hostile(member, "'\(PathBytes.text(name))' is not a directory")
    }
  }

  /// A repeated member replaces the earlier one, as in tar.
  private func makeRoom(for name: [UInt8], in parent: Int32) throws {
    if withCString(name, { unlinkat(parent, $0, 0) }) != 0, errno != ENOENT { throw failure() }
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, to file: borrowing OpenFile) throws {
    guard let base = bytes.baseAddress else { return }
    if bytes.count >= 512, bytes[0] == 0, memcmp(base, base + 1, bytes.count - 1) == 0 { return }
    do { try file.write(bytes, at: offset) } catch { throw failure(error.number) }
  }

  private func failure() -> ArchiveError { failure(errno) }

  private func failure(_ number: Int32) -> ArchiveError { .cannotWrite(path: directory, errno: number) }

  private func hostile(_ member: TarReader.Member, _ reason: String) -> ArchiveError {
    .hostileMember(archive: archive, member: PathBytes.text(member.path), reason: reason)
  }
}
