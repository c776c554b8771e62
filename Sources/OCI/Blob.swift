import Command
import Glibc

/// A blob's content.
package enum Blob {
  /// The SHA-256 of a file, from its current offset to its end.
  /// - Parameter name: the name of the file, for messages.
  package static func digest(_ file: borrowing OpenFile, name: String) throws -> Digest {
    var hash = SHA256()
    try file.pieces({ SystemError("cannot read '\(name)'", $0) }) { hash.update($0) }
    guard let digest = Digest("sha256:" + hash.finish()) else { throw SystemError("cannot read '\(name)'", EIO) }
    return digest
  }
}

extension ImageLayout {
  /// Whether a blob's content matches the digest in its file name; true for algorithms other than SHA-256.
  public func isWhole(_ descriptor: Descriptor) throws -> Bool {
    guard descriptor.digest.algorithm == "sha256" else { return true }
    return try Blob.digest(try open(descriptor), name: blob(descriptor.digest)) == descriptor.digest
  }
}
