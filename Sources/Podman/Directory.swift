import Command
import Glibc

/// A directory that is written under another name and renamed, like ``Files/write(_:to:mode:replacing:durable:)`` for
/// files.
enum Directory {
  /// If another process has created the same directory in the meantime, its copy is kept.
  static func publish(_ temporary: String, as target: String) throws {
    chmod(temporary, 0o755)
    if rename(temporary, target) == 0 { Temporary.forget(temporary); return }
    let number = errno
    Temporary.remove(temporary)
    guard Files.isDirectory(target) else { throw SystemError("cannot create '\(target)'", number, code: .cannotCreate) }
  }
}
