import Archives
import Command
import Glibc
import OCI
import Records

extension Payload {
  /// The tarballs of a context: itself, or those its index names, which are compared with their digests when they are read.
  ///
  /// A large context is in parts, so that a change is as large as the part it is in. Its payload is an index,
  /// `{"parts":[{"digest":"sha256:HEX","size":N},…]}`; a part is `HEX.tar` in the index's directory, a tar archive without end
  /// marks; the parts one after the other are the context's tarball.
  /// - Throws: ``ArchiveError`` when the index is not there or not what the record says.
  public func parts() throws -> [Payload] {
    guard mediaType == MediaType.contextIndex else { return [self] }
    let bytes: [UInt8]
    do { bytes = try Files.read(path, limit: 1 << 20) } catch let error as SystemError { throw ArchiveError.payloadMissing(path: path, errno: error.number) }
    guard SHA256.digest(bytes) == digest, bytes.count == size else { throw ArchiveError.payloadDiffers(path: path) }
    guard let items = (try? JSON(parsing: bytes))?["parts"]?.array else {
      throw ArchiveError.badArchive(path: path, reason: "it is no index of a context's parts")
    }
    let directory = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
    return try items.map { item in
      guard let digest = item["digest"]?.string, let size = item["size"]?.integer, size >= 0, isDigest(digest) else {
        throw ArchiveError.badArchive(path: path, reason: "it is no index of a context's parts")
      }
      return Payload(path: "\(directory)/\(digest.dropFirst(7)).tar", mediaType: MediaType.context, digest: digest, size: size)
    }
  }

  /// Reads the file through and throws ``ArchiveError`` when it is not there or not what the record says.
  public func verify() throws {
    let file = try self.open()
    // Used now: the cache of charts prunes by this. That of contexts has notes, and a tarball of the user's own is not ours to touch.
    if path.contains("/cache/charts/") { _ = futimens(file.descriptor, nil) }
    var hash = SHA256(), done = 0
    try file.pieces({ ArchiveError.unreadable(path: path, errno: $0) }) { bytes in
      hash.update(bytes)
      done += bytes.count
      guard done <= size else { throw ArchiveError.payloadDiffers(path: path) }
    }
    guard done == size, "sha256:" + hash.finish() == digest else { throw ArchiveError.payloadDiffers(path: path) }
  }
}
