import Archives
import Command
import Glibc
import OCI
import Records

extension Payload {
  /// The tarballs of a context: itself, or those in its index, whose digests are verified when they are read.
  ///
  /// A large context is divided into parts, so that a change is only as large as its part. The payload is then an
  /// index, `{"parts":[{"digest":"sha256:HEX","size":N},…]}`. A part is `HEX.tar` in the index's directory, a tar
  /// archive without end marks. Concatenated, the parts are the context's tarball.
  /// - Throws: ``ArchiveError`` if the index is missing or does not match the record.
  public func parts() throws -> [Payload] {
    guard mediaType == MediaType.contextIndex else { return [self] }
    let bytes: [UInt8]
    do { bytes = try Files.read(path, limit: 1 << 20) } catch let error as SystemError {
      throw ArchiveError.payloadMissing(path: path, errno: error.number)
    }
    guard SHA256.digest(bytes) == digest, bytes.count == size else { throw ArchiveError.payloadDiffers(path: path) }
    guard let items = (try? JSON(parsing: bytes))?["parts"]?.array else {
      throw ArchiveError.badArchive(path: path, reason: "it is not an index of context parts")
    }
    let directory = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
    return try items.map { item in
      guard let digest = item["digest"]?.string, let size = item["size"]?.integer, size >= 0, isDigest(digest) else {
        throw ArchiveError.badArchive(path: path, reason: "it is not an index of context parts")
      }
      return Payload(
        path: "\(directory)/\(digest.dropFirst(7)).tar", mediaType: MediaType.context, digest: digest, size: size)
    }
  }

  /// Reads the whole file. Throws ``ArchiveError`` if it is missing or does not match the record.
  public func verify() throws {
    let file = try self.open()
    // Mark it as used, for pruning the charts. Contexts have notes for that, and the user's files are not touched.
    if path.contains("/cache/charts/") || path.contains("/cache/fetched/") { _ = futimens(file.descriptor, nil) }
    var hash = SHA256(), done = 0
    try file.pieces({ ArchiveError.unreadable(path: path, errno: $0) }) { bytes in
      hash.update(bytes)
      done += bytes.count
      guard done <= size else { throw ArchiveError.payloadDiffers(path: path) }
    }
    guard done == size, "sha256:" + hash.finish() == digest else { throw ArchiveError.payloadDiffers(path: path) }
  }
}
