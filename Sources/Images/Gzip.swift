import Command
import Glibc

/// Compressing a whole file.
enum Gzip {
  /// Compresses all that can be read from one descriptor to another.
  /// - Parameter name: of what is read, for messages.
  /// - Returns: the digest of what was read, and digest and size of what was written.
  static func compress(_ source: Int32, to target: Int32, name: String) throws -> (content: Digest, digest: Digest, size: Int) {
    let stream = try GzipStream(to: target, name: name)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = read(source, chunk.baseAddress, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError("cannot read '\(name)'", errno) }
      if count == 0 { return try stream.finish() }
      try stream.write(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
  }
}
