import Archives
import Command
import Glibc
import Records

/// One application being watched: its line, its rules, and what has happened to it since the last record.
public final class WatchedTree {
  /// The line to be written again with every change.
  let record: Record
  let directory: String
  /// Seconds of quiet.
  let delay: Double
  private let home: [UInt8]
  private var ignore: HelmIgnore
  private(set) var sequence = 0
  /// Relative paths; true for one that was not there before.
  private var paths: [[UInt8]: Bool] = [:]
  private(set) var lastEvent: UInt64?
  private(set) var isGone = false

  /// - Parameters:
  ///   - delay: seconds of quiet after which a change counts as finished.
  ///   - home: the draft home, which is never watched.
  public init(record: Record, directory: String, delay: Double, home: String) throws {
    self.record = record
    self.directory = directory
    self.delay = delay
    self.home = Array(home.utf8)
    ignore = try WatchedTree.rules(directory)
  }

  /// The rules of Helm's ignore files, and Draft's own where the application has none.
  private static func rules(_ directory: String) throws -> HelmIgnore {
    let path = directory + "/.draftignore"
    guard Files.exists(path) else { return try HelmIgnore(Array("*.swp\n*.tmp\n*.temp\n.git*\n".utf8), path: path) }
    return try HelmIgnore(try Files.read(path, limit: 1 << 20), path: path)
  }

  func reloadRules() throws { ignore = try WatchedTree.rules(directory) }

  func full(_ path: [UInt8]) -> [UInt8] { path.isEmpty ? Array(directory.utf8) : Array(directory.utf8) + [UInt8(ascii: "/")] + path }

  /// Whether a path is none of ours. The draft home never is: writing there is what follows from a change.
  func ignores(_ path: [UInt8], isDirectory: Bool) -> Bool { ignore.ignores(path, isDirectory: isDirectory) || full(path) == home }

  /// Notes that something happened to a path.
  func note(_ path: [UInt8], isNew: Bool, at time: UInt64) {
    if paths[path] == nil { paths[path] = isNew }
    lastEvent = time
  }

  /// Something happened, and nobody can say to what.
  func noteAnything(at time: UInt64) { note([UInt8(ascii: ".")], isNew: false, at: time) }

  func noteGone() { isGone = true }

  /// The line for what happened, and a clean slate; nil when it comes to nothing, as an editor's own temporary file does.
  func takeChange() -> Record? {
    let left = paths.filter { path, isNew in !isNew || exists(path) }.keys
    paths = [:]
    lastEvent = nil
    guard !left.isEmpty else { return nil }
    sequence += 1
    var record = record
    let names = left.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    record.set(Change(sequence: sequence, paths: names))
    return record
  }

  private func exists(_ path: [UInt8]) -> Bool {
    var status = stat()
    return (full(path) + [0]).withUnsafeBytes { lstat($0.baseAddress!.assumingMemoryBound(to: CChar.self), &status) } == 0
  }

  /// Whether attributes of a path were changed that a build sees. Setting the time to now, as touch(1) does, makes both times
  /// of the file the same; a change of its mode sets only the one.
  func isMoreThanTouched(_ path: [UInt8]) -> Bool {
    var status = stat()
    guard (full(path) + [0]).withUnsafeBytes({ lstat($0.baseAddress!.assumingMemoryBound(to: CChar.self), &status) }) == 0 else { return false }
    return status.st_mtim.tv_sec != status.st_ctim.tv_sec || status.st_mtim.tv_nsec != status.st_ctim.tv_nsec
  }
}
