import Command
import Glibc
import Records
import Settings

/// One release of an application at a time on this machine. The file also says which revision helm was about to make, so that a
/// release which was killed half-way can be told from one that somebody else is making.
///
/// helm is handed the locked file as its standard input, which it does not read: the lock is held as long as either of us lives,
/// and a helm that outlives a killed draft-release is waited for rather than taken for dead.
final class ReleaseLock {
  let descriptor: Int32

  init(home: Home, app: App, engine: Engine) throws {
    let context = if case .helm(let context) = engine { "helm.\(fileName(context.name))" } else { "podman" }
    let path = "\(try home.directory("locks"))/release.\(context).\(app.namespace).\(app.name)"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("cannot open the lock '\(path)'", errno) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw SystemError("cannot lock '\(path)'", errno) }
    }
  }

  deinit { close(descriptor) }

  /// The revision that was being made when the last holder ended; nil when it ended well.
  var unfinished: Int? {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? Int(String(decoding: bytes[..<count], as: UTF8.self)) : nil
  }

  func begin(revision: Int) {
    let text = Array(String(revision).utf8)
    // Without the note a killed release has to be cleared up by hand; no reason not to release.
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  func end() { _ = ftruncate(descriptor, 0) }
}

/// A context's name may hold slashes and anything else.
private func fileName(_ text: String) -> String {
  String(decoding: text.utf8.prefix(100).flatMap { byte -> [UInt8] in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): [byte]
    default: Array("_\(byte)".utf8)
    }
  }, as: UTF8.self)
}
