import Glibc
import Records

/// An advisory lock on a file, held until the value is destroyed or the process ends in any way.
public struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// - Parameters:
  ///   - wait: if false, throws exit code 75 at once when another process holds the lock.
  ///   - busy: the message then: `another build of 'web' is running`.
  public init(_ path: String, wait: Bool, busy: String) throws {
    var attempt = 0
    while true {
      attempt += 1
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        let number = errno
        guard [ENOENT, ENOTDIR, EISDIR].contains(number), attempt < Temporary.tries, Files.clear(path) else {
          throw SystemError("cannot open the lock '\(path)'", number)
        }
        continue
      }
      while flock(descriptor, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0 {
        if errno == EINTR { continue }
        let number = errno
        close(descriptor)
        guard number == EWOULDBLOCK else { throw SystemError("cannot lock '\(path)'", number) }
        throw Failure(by: "", code: .tryAgain, message: busy, hint: "wait for it to end, then try again")
      }
      // If the file was deleted while we waited, the lock on it excludes no one: open it again.
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_nlink > 0 || attempt >= Temporary.tries {
        self.descriptor = descriptor
        return
      }
      close(descriptor)
    }
  }

  deinit { close(descriptor) }
}
