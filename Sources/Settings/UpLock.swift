import CSystem
import Command
import Glibc
import Records

/// Prevents two concurrent `draft up` of one application.
///
/// draft-up opens `locks/up` of the draft home before it starts its stages, and passes the number of the inherited
/// descriptor in `DRAFT_UP_LOCK`. The stage that starts a record locks one byte of that file, chosen by the
/// application's directory. All who share the descriptor share the lock, so it lasts until the last stage has ended, in
/// any way.
public enum UpLock {
  /// Takes the lock, if it is not held already. Does nothing outside a `draft up`.
  /// Throws exit code 75 if another `draft up` of the same directory is running.
  public static func hold(_ app: App) throws {
    guard let text = environmentVariable("DRAFT_UP_LOCK"), let descriptor = Int32(text), descriptor > 2 else { return }
    // A program further down may inherit the variable but not the file: never lock what else has that descriptor.
    var ours = stat(), theirs = stat()
    guard fstat(descriptor, &ours) == 0, stat(try Home().path + "/locks/up", &theirs) == 0,
      ours.st_ino == theirs.st_ino, ours.st_dev == theirs.st_dev
    else { return }
    guard csystem_lock_byte(descriptor, byte(of: app.dir)) != 0 else { return }
    guard errno == EAGAIN || errno == EACCES else { throw SystemError("cannot lock '\(app.name)'", errno) }
    throw Failure(
      by: "", code: .tryAgain, message: "another 'draft up' of '\(app.name)' is running",
      hint: "wait for it to end, or stop it, then try again")
  }

  /// 62 bits of FNV-1a: collisions are very rare, and then one application waits for another.
  private static func byte(of directory: String) -> off_t {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in directory.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return off_t(hash >> 2)
  }
}
