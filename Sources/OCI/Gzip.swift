/// Compresses a whole file.
package enum Gzip {
  /// Compresses everything that can be read from one descriptor, to another.
  /// - Parameter name: the name of the source, for messages.
  /// - Returns: the digest of the content read, and the digest and size of the compressed bytes.
  package static func compress(_ source: Int32, to target: Int32, name: String) throws -> (content: Digest, digest: Digest, size: Int) {
    let stream = try GzipStream(to: target, name: name)
    try Blob.pieces(source, name: name) { try stream.write($0) }
    return try stream.finish()
  }
}
