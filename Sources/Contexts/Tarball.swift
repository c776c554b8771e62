import Archives
import CSystem
import Command
import Glibc
import OCI
import Records

/// A tarball on its way into the cache, written to a temporary file and renamed when it is complete and its digest
/// known.
///
/// While it equals the tarball of the last run, it is only compared and nothing is written. At the first difference the
/// equal part is copied, and writing starts. So packing an unchanged tree only reads it once. Blocks of zeros become
/// holes, so that a sparse file takes no space here either.
package final class Tarball {
  /// A finished tarball.
  package struct Result: Equatable {
    package var path: String
    package var digest: String
    package var size: Int
    /// False if the tarball of the last run is still valid.
    var isNew: Bool
  }

  private let directory: String
  private var hash = SHA256()
  private var size = 0
  /// The tarball of the last run, as long as there is no difference.
  private var old: OpenFile?
  private var last: (digest: String, path: String, size: Int)?
  /// The new one, from the first difference on.
  private var file: OpenFile?
  private var temporary: String?
  private var buffer: [UInt8] = []
  private var endsInHole = false

  /// - Parameters:
  ///   - directory: for the temporary file; must be on the file system of the final place.
  ///   - last: the digest and path of the tarball of the last run.
  init(directory: String, last: (digest: String, path: String)?) throws {
    self.directory = directory
    if let last {
      old = try? OpenFile(last.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      if let status = try? old?.status(), status.st_mode & S_IFMT == Glibc.S_IFREG, (try? old?.lock(LOCK_SH)) != nil {
        self.last = (last.digest, last.path, Int(status.st_size))
      } else {
        old = nil
      }
    }
    if self.last == nil { try begin() }
  }

  deinit { if let temporary { Temporary.remove(temporary) } }

  /// Adds the next bytes of the tarball. Throws ``ArchiveError``.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let last {
      if size + bytes.count <= last.size, isSame(bytes) {
        size += bytes.count
        return
      }
      try diverge()
    }
    try append(bytes)
  }

  /// - Parameter place: returns the final path for a digest.
  func finish(_ place: (String) throws -> String) throws -> Result {
    if let last {
      if size == last.size {
        // Mark it as used, for pruning.
        if let descriptor = old?.descriptor { _ = futimens(descriptor, nil) }
        return Result(path: last.path, digest: last.digest, size: size, isNew: false)
      }
      try diverge()
    }
    guard let temporary, let file = file.take() else { throw ArchiveError.cannotWrite(path: directory, errno: EBADF) }
    let digest = "sha256:" + hash.finish()
    let path = try place(digest)
    guard !endsInHole || ftruncate(file.descriptor, off_t(size)) == 0, fchmod(file.descriptor, 0o600) == 0 else {
      throw failure(errno)
    }
    let whole = TemporaryFile(file, path: temporary)
    do { try Files.place(whole, at: path) } catch let error as SystemError {
      throw ArchiveError.cannotWrite(path: path, errno: error.number)
    }
    do { try whole.open().close() } catch { throw failure(error.number) }
    Temporary.remove(temporary)
    self.temporary = nil
    return Result(path: path, digest: digest, size: size, isNew: true)
  }

  private func begin() throws {
    do {
      let new = try Temporary.file(beside: directory + "/tarball")
      temporary = new.path
      file = new.open()
    } catch let error as SystemError { throw ArchiveError.cannotWrite(path: directory, errno: error.number) }
  }

  private func isSame(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if buffer.count < bytes.count { buffer = [UInt8](repeating: 0, count: bytes.count) }
    return buffer.withUnsafeMutableBytes { there in
      let count = try? old?.fill(UnsafeMutableRawBufferPointer(rebasing: there[..<bytes.count]), at: size)
      return count == bytes.count && memcmp(there.baseAddress!, bytes.baseAddress!, bytes.count) == 0
    }
  }

  /// The first difference: copies the equal part and starts writing.
  private func diverge() throws {
    let same = size
    guard let old = old.take() else { throw failure(EBADF) }
    last = nil
    size = 0
    try begin()
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
    defer { chunk.deallocate() }
    while size < same {
      let wanted = UnsafeMutableRawBufferPointer(rebasing: chunk[..<min(chunk.count, same - size)]), count: Int
      do { count = try old.read(into: wanted, at: size) } catch { throw failure(error.number) }
      // It has been truncated since it was compared.
      guard count > 0 else { throw failure(EIO) }
      try append(UnsafeRawBufferPointer(rebasing: wanted[..<count]))
    }
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws {
    hash.update(bytes)
    if bytes.count >= 4_096, bytes[0] == 0, memcmp(bytes.baseAddress!, bytes.baseAddress! + 1, bytes.count - 1) == 0 {
      guard let descriptor = file?.descriptor, lseek(descriptor, off_t(bytes.count), SEEK_CUR) >= 0 else {
        throw failure(errno)
      }
      endsInHole = true
    } else {
      do { try file?.write(bytes) } catch { throw failure(error.number) }
      endsInHole = false
    }
    size += bytes.count
  }

  private func failure(_ number: Int32) -> ArchiveError { .cannotWrite(path: directory, errno: number) }
}
