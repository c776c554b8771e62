import Glibc
import Records

extension Payload {
  /// Opens the file for reading, locked against pruning until it is closed.
  /// - Throws: ``ArchiveError`` if it is missing, not a regular file, or its size differs from the record's: a device
  ///   or a FIFO in its place would be endless.
  public func open() throws(ArchiveError) -> Int32 {
    let descriptor = try openTarball(path) { .payloadMissing(path: path, errno: $0) }
    flock(descriptor, LOCK_SH)
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) == size else {
      close(descriptor)
      throw .payloadDiffers(path: path)
    }
    return descriptor
  }
}

/// Opens a tarball by a path from outside, which must be a regular file.
package func openTarball(_ path: String, missing: (Int32) -> ArchiveError) throws(ArchiveError) -> Int32 {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw missing(errno) }
  var status = stat()
  guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG else {
    close(descriptor)
    throw .badArchive(path: path, reason: "it is not a regular file")
  }
  return descriptor
}
