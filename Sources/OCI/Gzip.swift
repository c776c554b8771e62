/// Compressing a whole file.
package enum Gzip {
  /// Compresses all that can be read from one descriptor to another.
  /// - Parameter name: of what is read, for messages.
  /// - Returns: the digest of what was read, and digest and size of what was written.
  package static func compress(_ source: Int32, to target: Int32, name: String) throws -> (content: Digest, digest: Digest, size: Int) {
    let stream = try GzipStream(to: target, name: name)
    try Blob.pieces(source, name: name) { try stream.write($0) }
    return try stream.finish()
  }
}
