import Glibc
import Records

/// An advisory lock on a file, held until the value goes away or the process ends, however it ends.
public struct FileLock: ~Copyable {
  private let file: OpenFile

  /// - Parameters:
  ///   - wait: false throws exit code 75 at once when somebody else holds it.
  ///   - doing: what the other one is doing, for the message: `another build of 'web' is running`.
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
      // One that was deleted while we waited keeps nobody out.
      if let status = try? file.status(), status.st_nlink > 0 || attempt >= Temporary.tries {
        self.file = file
        return
      }
    }
  }
}
