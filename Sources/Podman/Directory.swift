import Command
import Glibc

/// A directory made beside and renamed, like ``Files/write(_:to:mode:replacing:durable:)`` for files.
enum Directory {
  /// Somebody who has made the same in the meantime is right as well.
  static func publish(_ temporary: String, as target: String) throws {
    chmod(temporary, 0o755)
    if rename(temporary, target) == 0 { Temporary.forget(temporary); return }
    let number = errno
    Temporary.remove(temporary)
    guard Files.isDirectory(target) else { throw SystemError("cannot create '\(target)'", number, code: .cannotCreate) }
  }
}
