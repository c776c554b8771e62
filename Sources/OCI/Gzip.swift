import Command

/// Compresses a whole file.
package enum Gzip {
  /// Compresses one file, from its current offset to its end, to another.
  /// - Parameter name: the name of the source, for messages.
  /// - Returns: the digest of the content read, and the digest and size of the compressed bytes.
  package static func compress(_ source: borrowing OpenFile, to target: borrowing OpenFile, name: String) throws -> (
    content: Digest, digest: Digest, size: Int
  ) {
    let stream = try GzipStream(to: target.descriptor, name: name)
    try source.pieces({ SystemError("cannot read '\(name)'", $0) }) { try stream.write($0) }
    return try stream.finish()
  }
}
