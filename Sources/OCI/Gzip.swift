import Command

/// Compressing a whole file.
package enum Gzip {
  /// Compresses one file, from where it stands to its end, to another.
  /// - Parameter name: of what is read, for messages.
  /// - Returns: the digest of what was read, and digest and size of what was written.
  package static func compress(_ source: borrowing OpenFile, to target: borrowing OpenFile, name: String) throws -> (content: Digest, digest: Digest, size: Int) {
    let stream = try GzipStream(to: target.descriptor, name: name)
    try source.pieces({ SystemError("cannot read '\(name)'", $0) }) { try stream.write($0) }
    return try stream.finish()
  }
}
