import Command
import Glibc
import Records

extension Payload {
  /// Opens the file for reading, locked against pruning until it is closed.
  /// - Throws: ``ArchiveError`` if it is missing, not a regular file, or its size differs from the record's: a device
  ///   or a FIFO in its place would be endless.
  package func open() throws(ArchiveError) -> OpenFile {
    let file = try openTarball(path) { .payloadMissing(path: path, errno: $0) }
    try? file.lock(LOCK_SH)
    guard let status = try? file.status(), Int(status.st_size) == size else { throw .payloadDiffers(path: path) }
    return file
  }
}

/// Opens a tarball by a path from outside, which must be a regular file.
package func openTarball(_ path: String, missing: (Int32) -> ArchiveError) throws(ArchiveError) -> OpenFile {
  let file = try OpenFile(path, O_RDONLY | O_NONBLOCK, missing)
  guard let status = try? file.status(), status.st_mode & S_IFMT == Glibc.S_IFREG else {
    throw .badArchive(path: path, reason: "it is not a regular file")
  }
  return file
}
