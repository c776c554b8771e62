import Glibc
import Records

extension Payload {
  /// Reads the file through and throws ``ArchiveError`` when it is not there or not what the record says.
  public func verify() throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ArchiveError.payloadMissing(path: path, errno: errno) }
    defer { close(descriptor) }
    try verify(descriptor: descriptor)
  }

  /// The same for a file that is open already and is to be read from its beginning afterwards.
  func verify(descriptor: Int32) throws {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ArchiveError.payloadMissing(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == Glibc.S_IFREG, Int(status.st_size) == size else { throw ArchiveError.payloadDiffers(path: path) }
    // Used now: the cache prunes by this. A tarball of the user's own is not ours to touch.
    if path.contains("/cache/") { _ = futimens(descriptor, nil) }
    var hash = SHA256()
    var done = 0
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = pread(descriptor, chunk.baseAddress!, chunk.count, off_t(done))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ArchiveError.unreadable(path: path, errno: errno) }
      if count == 0 { break }
      hash.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      done += count
      guard done <= size else { break }
    }
    guard done == size, "sha256:" + hash.finish() == digest else { throw ArchiveError.payloadDiffers(path: path) }
  }
}
