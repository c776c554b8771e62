import Cluster
import Command
import Glibc
import Records
import Settings

/// Allows one release of an application at a time on this machine. The file also holds the revision that helm was about
/// to make, to tell an interrupted release of ours from one that is being made elsewhere.
///
/// helm and podman get the locked file as their standard input, which they do not read: the lock is held as long as
/// either of us runs, so that a helm that outlives a killed draft-release is waited for rather than taken for dead.
/// Programs that podman leaves running (conmon, aardvark-dns, the process that keeps a user namespace) do not inherit
/// it.
final class ReleaseLock {
  private let file: OpenFile
  var descriptor: Int32 { file.descriptor }

  init(home: Home, app: App, engine: Engine) throws {
    let context = if case .helm(let context) = engine { "helm.\(fileName(context.name))" } else { "podman" }
    let path = "\(try home.directory("locks"))/release.\(context).\(app.namespace).\(app.name)"
    file = try OpenFile(path, O_RDWR | O_CREAT, mode: 0o600) { SystemError("cannot open the lock '\(path)'", $0) }
    do { try file.lock(LOCK_EX) } catch { throw SystemError("cannot lock '\(path)'", error.number) }
  }

  /// Whether this run has started a revision.
  private(set) var hasBegun = false

  /// The revision that was in progress when the last holder ended; nil if it finished.
  var unfinished: Int? { note.first.flatMap { Number.whole($0) } }

  /// The digest of that revision's order.
  var attempted: String? { note.count > 1 ? note[1] : nil }

  private var note: [String] {
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = bytes.withUnsafeMutableBytes { (try? file.read(into: $0, at: 0)) ?? 0 }
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ").map(String.init) : []
  }

  func begin(revision: Int, digest: String = "") {
    write("\(revision) \(digest)")
    hasBegun = true
  }

  /// helm has failed and recorded that in the release: nothing is unfinished.
  func failed(digest: String) { if hasBegun { write("0 \(digest)") } }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    // Without the note, an interrupted release has to be cleaned up by hand; that is no reason not to release.
    _ = ftruncate(descriptor, 0)
    bytes.withUnsafeBytes { try? file.write($0, at: 0) }
  }

  func end() { _ = ftruncate(descriptor, 0) }
}
