import CSystem
import Command
import Glibc
import Records

/// Keeps two `draft up`s of one application apart.
///
/// draft-up opens `locks/up` of the draft home before it starts its stages, and says in `DRAFT_UP_LOCK` under which descriptor they
/// inherit it. The stage that takes on a line locks one byte of that file, chosen by the application's directory. Such a lock
/// belongs to all who share the descriptor, so it is there until the last stage is gone, however it went.
public enum UpLock {
  /// Takes the lock, or holds it already. Without a `draft up` around us there is nothing to do.
  /// Throws exit code 75 when another `draft up` of the same directory is running.
  public static func hold(_ app: App) throws {
    guard let text = environmentVariable("DRAFT_UP_LOCK"), let descriptor = Int32(text), descriptor > 2 else { return }
    // A program further down has the variable and not the file; what is open there is none of ours to lock.
    var ours = stat(), theirs = stat()
    guard fstat(descriptor, &ours) == 0, stat(try Home().path + "/locks/up", &theirs) == 0, ours.st_ino == theirs.st_ino, ours.st_dev == theirs.st_dev
    else { return }
    guard csystem_lock_byte(descriptor, byte(of: app.dir)) != 0 else { return }
    guard errno == EAGAIN || errno == EACCES else { throw SystemError("cannot lock '\(app.name)'", errno) }
    throw Failure(
      by: "", code: .tryAgain, message: "another 'draft up' of '\(app.name)' is running", hint: "wait for it to end, or end it, then try again")
  }

  /// 62 bits of FNV-1a: two applications share a byte about never, and then one of them is asked to wait.
  private static func byte(of directory: String) -> off_t {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in directory.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return off_t(hash >> 2)
  }
}
