import Command
import Glibc
import OCI
import Records

/// The state of the files and directories that a chart was loaded from: what the system tells of them, so that they can
/// be recognized without being read. A chart with links has none, nor one that was written to just now: a second write
/// might leave the times as they are.
struct ChartState {
  private(set) var paths: [String] = []
  private var facts: [Int] = []
  private var newest = 0

  /// Longer than the coarsest tick of a file system's clock, FAT's two seconds.
  private static let tick = 3

  /// Adds a file that need not be there.
  mutating func add(file path: String) { add(ChartState.status(path) ?? stat(), path) }

  mutating func add(_ status: stat, _ path: String) {
    paths.append(path)
    newest = max(newest, status.st_mtim.tv_sec, status.st_ctim.tv_sec)
    facts += [
      Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino), Int(status.st_mode),
      Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
      status.st_ctim.tv_nsec
    ]
  }

  /// Whether all of it was written long enough ago to be recognized.
  var isSettled: Bool { newest + ChartState.tick < time(nil) }

  /// The digest of the facts.
  var digest: String {
    var hash = SHA256()
    facts.withUnsafeBytes { hash.update($0) }
    return hash.finish()
  }

  /// The present state of the same files.
  static func of(_ paths: some Sequence<String>) -> ChartState {
    var state = ChartState()
    for path in paths { state.add(file: path) }
    return state
  }

  static func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }
}
