import CSystem
import Command
import Glibc

/// A regular file that is read once, whole, as it was when it was opened. Any change meanwhile is detected, so that a
/// mix of old and new content never gets into a tarball.
package final class SourceFile {
  private let file: OpenFile
  /// The status when it was opened.
  package let status: stat
  /// For messages.
  private let path: String

  package var size: Int { Int(status.st_size) }
  package var mode: mode_t { status.st_mode & 0o7777 }

  /// Opens without following a link, and without blocking on a FIFO.
  package init(_ name: [UInt8], in directory: Int32, path: String) throws(ArchiveError) {
    self.path = path
    do {
      file = try OpenFile(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, in: directory)
      status = try file.status()
    } catch {
      switch error.number {
      case ENOENT: throw .vanished(path: path)
      case ELOOP, ENXIO: throw .changed(path: path)
      case let number: throw .unreadable(path: path, errno: number)
      }
    }
    guard status.st_mode & S_IFMT == Glibc.S_IFREG else { throw .changed(path: path) }
  }

  /// All bytes.
  package func contents() throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
      guard size > 0 else { return }
      // The buffer is as long as the file: what has been read is where it belongs, unless a read was short.
      try read(by: UnsafeMutableRawBufferPointer(bytes)) { piece in
        if count > 0 {
          (UnsafeMutableRawPointer(bytes.baseAddress!) + count).copyMemory(
            from: piece.baseAddress!, byteCount: piece.count)
        }
        count += piece.count
      }
    }
  }

  /// Passes all bytes on, in order, in pieces of up to the buffer's size.
  package func read(by buffer: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let isSparse = status.st_blocks * 512 < status.st_size
    var at = 0
    var nextData = 0, holes = 0
    while at < size {
      let wanted = min(buffer.count, size - at)
      if isSparse, nextData <= at {
        let found = csystem_seek_data(file.descriptor, off_t(at))
        nextData = found >= 0 ? Int(found) : errno == ENXIO ? size : at
        holes += nextData - at
        guard holes <= TarReader.holeLimit else { throw ArchiveError.holes(path: path) }
      }
      if isSparse, nextData >= at + wanted {
        // A hole: read nothing; the tarball gets a hole too.
        memset(buffer.baseAddress!, 0, wanted)
        try body(UnsafeRawBufferPointer(rebasing: buffer[..<wanted]))
        at += wanted
        continue
      }
      let count: Int
      do { count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: at) } catch {
        throw ArchiveError.unreadable(path: path, errno: error.number)
      }
      guard count > 0 else { throw ArchiveError.changed(path: path) }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      at += count
      if nextData < at { nextData = at - 1 }
    }
    guard let now = try? file.status(), now.st_size == status.st_size, same(now.st_mtim, status.st_mtim),
      same(now.st_ctim, status.st_ctim)
    else {
      throw ArchiveError.changed(path: path)
    }
  }

  private func same(_ a: timespec, _ b: timespec) -> Bool { a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec }
}
