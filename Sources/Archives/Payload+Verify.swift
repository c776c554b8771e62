import Command
import Glibc
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
      guard let digest = item["digest"]?.string, let size = item["size"]?.integer, isDigest(digest) else {
        throw ArchiveError.badArchive(path: path, reason: "it is no index of a context's parts")
      }
      return Payload(path: "\(directory)/\(digest.dropFirst(7)).tar", mediaType: MediaType.context, digest: digest, size: size)
    }
  }

  /// Opens a context as one tarball, compared with its digest, to be read from its beginning. The caller closes it.
  /// - Parameter directory: where parts are put together, in a file without a name.
  public func open(joiningIn directory: String) throws -> Int32 {
    let parts = try parts()
    guard parts != [self] else {
      let descriptor = try Payload.open(path)
      do { try verify(descriptor: descriptor) } catch { close(descriptor); throw error }
      return descriptor
    }
    let (joined, name) = try Temporary.file(beside: directory + "/context")
    Temporary.remove(name)
    do {
      for part in parts {
        let descriptor = try Payload.open(part.path)
        defer { close(descriptor) }
        try part.verify(descriptor: descriptor)
        while true {
          let count = sendfile(joined, descriptor, nil, 1 << 30)
          if count < 0, errno == EINTR { continue }
          guard count >= 0 else { throw ArchiveError.cannotWrite(path: directory, errno: errno) }
          if count == 0 { break }
        }
      }
      guard lseek(joined, 0, SEEK_SET) == 0 else { throw ArchiveError.cannotWrite(path: directory, errno: errno) }
    } catch { close(joined); throw error }
    return joined
  }

  private static func open(_ path: String) throws -> Int32 {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ArchiveError.payloadMissing(path: path, errno: errno) }
    flock(descriptor, LOCK_SH)
    return descriptor
  }

  /// Reads the file through and throws ``ArchiveError`` when it is not there or not what the record says.
  public func verify() throws {
    let descriptor = try Payload.open(path)
    defer { close(descriptor) }
    try verify(descriptor: descriptor)
  }

  /// The same for a file that is open already and is to be read from its beginning afterwards.
  func verify(descriptor: Int32) throws {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ArchiveError.payloadMissing(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == Glibc.S_IFREG, Int(status.st_size) == size else { throw ArchiveError.payloadDiffers(path: path) }
    // Used now: the cache of charts prunes by this. That of contexts has notes, and a tarball of the user's own is not ours to touch.
    if path.contains("/cache/charts/") { _ = futimens(descriptor, nil) }
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
