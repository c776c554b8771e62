import Glibc
import Records

/// An advisory lock on a file, held until the value is destroyed or the process ends in any way.
public struct FileLock: ~Copyable {
  private let file: OpenFile

  /// - Parameters:
  ///   - wait: if false, throws exit code 75 at once when another process holds the lock.
  ///   - busy: the message then: `another build of 'web' is running`.
  public init(_ path: String, wait: Bool, busy: String) throws {
    var attempt = 0
    while true {
      attempt += 1
      let file: OpenFile
      do { file = try OpenFile(path, O_RDWR | O_CREAT, mode: 0o644) } catch {
        guard [ENOENT, ENOTDIR, EISDIR].contains(error.number), attempt < Temporary.tries, Files.clear(path) else {
          throw SystemError("cannot open the lock '\(path)'", error.number)
        }
        continue
      }
      do { try file.lock(LOCK_EX | (wait ? 0 : LOCK_NB)) } catch {
        guard error.number == EWOULDBLOCK else { throw SystemError("cannot lock '\(path)'", error.number) }
        throw Failure(by: "", code: .tryAgain, message: busy, hint: "wait for it to end, then try again")
      }
      // If the file was deleted while we waited, the lock on it excludes no one: open it again.
      if let status = try? file.status(), status.st_nlink > 0 || attempt >= Temporary.tries {
        self.file = file
        return
      }
    }
  }
}
