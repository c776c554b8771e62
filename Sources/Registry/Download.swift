import Command
import Glibc
import HTTP
import OCI
import Records

/// Writes the body of a response to a file as it arrives, and hashes it. For `HTTPRequest.onBody`; one for each try.
package final class Download: @unchecked Sendable {
  private let target: Int32
  private let limit: Int
  private var hash = SHA256()
  private var failure: Int32 = 0
  package private(set) var size = 0
  /// Whether the body is longer than the limit: what is beyond it has not been written.
  package private(set) var isTooLong = false

  /// Empties the file.
  /// - Parameter limit: in bytes.
  package init(to target: Int32, limit: Int) throws(SystemError) {
    self.target = target
    self.limit = limit
    guard ftruncate(target, 0) == 0, lseek(target, 0, SEEK_SET) == 0 else {
      throw SystemError("cannot write a download", errno, code: .cannotCreate)
    }
  }

  /// - Returns: false to stop.
  package func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard size + bytes.count <= limit else {
      isTooLong = true
      return false
    }
    do { try writeAll(bytes, to: target) } catch {
      failure = error.errno
      return false
    }
    size += bytes.count
    hash.update(bytes)
    return true
  }

  /// The digest and size of what has arrived. Call it once.
  package func finish() -> (digest: Digest, size: Int) { (Digest("sha256:" + hash.finish())!, size) }

  /// Throws if the file could not be written.
  package func check() throws(SystemError) {
    if failure != 0 { throw SystemError("cannot write a download", failure, code: .cannotCreate) }
  }
}
