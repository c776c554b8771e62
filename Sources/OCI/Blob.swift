import Command
import Glibc

/// A blob's content.
package enum Blob {
  /// The SHA-256 of everything that can be read from a descriptor.
  /// - Parameter name: the name of the source, for messages.
  package static func digest(_ descriptor: Int32, name: String) throws -> Digest {
    var hash = SHA256()
    try pieces(descriptor, name: name) { hash.update($0) }
    guard let digest = Digest("sha256:" + hash.finish()) else { throw SystemError("cannot read '\(name)'", EIO) }
    return digest
  }

  /// Reads a descriptor to its end, piece by piece.
  /// - Parameter name: the name of the source, for messages.
  static func pieces(_ descriptor: Int32, name: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = read(descriptor, chunk.baseAddress, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError("cannot read '\(name)'", errno) }
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
  }
}

extension ImageLayout {
  /// Whether a blob's content matches the digest in its file name; true for algorithms other than SHA-256.
  public func isWhole(_ descriptor: Descriptor) throws -> Bool {
    guard descriptor.digest.algorithm == "sha256" else { return true }
    let file = try open(descriptor)
    defer { close(file) }
    return try Blob.digest(file, name: blob(descriptor.digest)) == descriptor.digest
  }
}
