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
  private var last: (descriptor: Int32, digest: String, path: String, size: Int)?
  private var descriptor: Int32 = -1
  private var temporary: String?
  private var buffer: [UInt8] = []
  private var endsInHole = false

  /// - Parameters:
  ///   - directory: for the temporary file; must be on the file system of the final place.
  ///   - last: the digest and path of the tarball of the last run.
  init(directory: String, last: (digest: String, path: String)?) throws {
    self.directory = directory
    if let last {
      let descriptor = open(last.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      var status = stat()
      if descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG, flock(descriptor, LOCK_SH) == 0 {
        self.last = (descriptor, last.digest, last.path, Int(status.st_size))
      } else if descriptor >= 0 { close(descriptor) }
    }
    if self.last == nil { try begin() }
  }

  deinit {
    if let last { close(last.descriptor) }
    if descriptor >= 0 { close(descriptor) }
    if let temporary { Temporary.remove(temporary) }
  }

  /// Adds the next bytes of the tarball. Throws ``ArchiveError``.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let last {
      if size + bytes.count <= last.size, try isSame(bytes, last.descriptor) {
        size += bytes.count
        return
      }
      try diverge(from: last.descriptor)
    }
    try append(bytes)
  }

  /// - Parameter place: returns the final path for a digest.
  func finish(_ place: (String) throws -> String) throws -> Result {
    if let last {
      if size == last.size {
        // Mark it as used, for pruning.
        _ = futimens(last.descriptor, nil)
        return Result(path: last.path, digest: last.digest, size: size, isNew: false)
      }
      try diverge(from: last.descriptor)
    }
    guard let temporary else { throw ArchiveError.cannotWrite(path: directory, errno: EBADF) }
    let digest = "sha256:" + hash.finish()
    let path = try place(digest)
    guard !endsInHole || ftruncate(descriptor, off_t(size)) == 0, fchmod(descriptor, 0o600) == 0 else { throw failure() }
    do { try Files.place(descriptor, temporary, at: path) } catch let error as SystemError {
      throw ArchiveError.cannotWrite(path: path, errno: error.number)
    }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 else { throw failure() }
    Temporary.remove(temporary)
    self.temporary = nil
    return Result(path: path, digest: digest, size: size, isNew: true)
  }

  private func begin() throws {
    do { (descriptor, temporary) = try Temporary.file(beside: directory + "/tarball") } catch let error as SystemError {
      throw ArchiveError.cannotWrite(path: directory, errno: error.number)
    }
  }

  private func isSame(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) throws -> Bool {
    if buffer.count < bytes.count { buffer = [UInt8](repeating: 0, count: bytes.count) }
    return buffer.withUnsafeMutableBytes { old in
      var done = 0
      while done < bytes.count {
        let count = pread(descriptor, old.baseAddress! + done, bytes.count - done, off_t(size + done))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return memcmp(old.baseAddress!, bytes.baseAddress!, bytes.count) == 0
    }
  }

  /// The first difference: copies the equal part and starts writing.
  private func diverge(from old: Int32) throws {
    let same = size
    defer { close(old) }
    last = nil
    size = 0
    try begin()
    var chunk = [UInt8](repeating: 0, count: 262_144)
    while size < same {
      let count = pread(old, &chunk, min(chunk.count, same - size), off_t(size))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      try chunk.withUnsafeBytes { try append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws {
    hash.update(bytes)
    if bytes.count >= 4_096, bytes[0] == 0, memcmp(bytes.baseAddress!, bytes.baseAddress! + 1, bytes.count - 1) == 0 {
      guard lseek(descriptor, off_t(bytes.count), SEEK_CUR) >= 0 else { throw failure() }
      endsInHole = true
    } else {
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw failure() }
        done += count
      }
      endsInHole = false
    }
    size += bytes.count
  }

  private func failure() -> ArchiveError { .cannotWrite(path: directory, errno: errno) }
}
