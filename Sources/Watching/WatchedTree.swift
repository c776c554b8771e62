import Archives
import Command
import Glibc
import Records
import Settings

/// A watched application: its record, its ignore rules, and the changes since the last record.
public final class WatchedTree {
  /// The record that is written again with every change.
  let record: Record
  let directory: String
  /// The quiet period, in seconds.
  let delay: Double
  private let home: [UInt8]
  private let app: App
  private let settings: Settings
  private var ignore: HelmIgnore
  /// nil if the Dockerfile's ignore file is not valid, which draft-pack reports; until it is, every path counts.
  private var context: ContextRules?
  private(set) var sequence = 0
  /// By relative path.
  private var paths: [[UInt8]: Happened] = [:]
  private var firstEvent: UInt64?
  private var lastEvent: UInt64?

  private struct Happened {
    /// Whether the path did not exist before.
    let isNew: Bool
    let first: UInt64
    var last: UInt64
  }
  private(set) var isGone = false

  /// - Parameters:
  ///   - settings: the application's settings: its quiet period, and what goes into its image.
  ///   - home: the draft home, which is never watched.
  public init(record: Record, app: App, settings: Settings, home: String) throws {
    self.record = record
    self.app = app
    self.settings = settings
    directory = app.dir
    delay = settings.watchDelay
    self.home = Array(home.utf8)
    ignore = try WatchedTree.rules(directory)
    context = try? ContextRules(app, settings: settings)
  }

  /// The application's `.draftignore`, in Helm's format, or defaults if it has none.
  private static func rules(_ directory: String) throws -> HelmIgnore {
    let path = directory + "/.draftignore"
    guard Files.exists(path) else { return try HelmIgnore(Array("*.swp\n*.tmp\n*.temp\n.git*\n".utf8), path: path) }
    return try HelmIgnore(try Files.read(path, limit: 1 << 20), path: path)
  }

  /// Whether a path is one of the files that the rules are read from.
  func isRules(_ path: [UInt8]) -> Bool {
    ([".draftignore"] + ContextRules.files(settings)).contains { path.elementsEqual($0.utf8) }
  }

  func reloadRules() throws {
    context = try? ContextRules(app, settings: settings)
    ignore = try WatchedTree.rules(directory)
  }

  func full(_ path: [UInt8]) -> [UInt8] {
    path.isEmpty ? Array(directory.utf8) : Array(directory.utf8) + [UInt8(ascii: "/")] + path
  }

  /// Whether to ignore a path and everything below it. Always the draft home, since every change causes writes there.
  func ignores(_ path: [UInt8], isDirectory: Bool) -> Bool {
    if ignore.ignores(path, isDirectory: isDirectory) || full(path) == home { return true }
    if isDirectory { return context?.leavesOutAll(under: path) == true }
    return EditorFiles.has(path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...])
  }

  /// Records a change of a path. An ignored directory, watched only for exceptions inside it, does not count itself.
  func note(_ path: [UInt8], isNew: Bool, at time: UInt64) {
    if context?.leavesOut(path) == true { return }
    paths[path, default: Happened(isNew: isNew, first: time, last: time)].last = time
    firstEvent = firstEvent ?? time
    lastEvent = time
  }

  /// Records that a path was removed. If it was new, like a renamed temporary file, it leaves no trace and no delay.
  func noteEnd(_ path: [UInt8], at time: UInt64) {
    guard paths[path]?.isNew == true else { return note(path, isNew: false, at: time) }
    paths[path] = nil
    firstEvent = paths.values.lazy.map(\.first).min()
    lastEvent = paths.values.lazy.map(\.last).max()
  }

  /// The longest wait for quiet, in multiples of the delay: a file may be written to without end.
  static let patience = 10.0

  /// When the changes so far count as complete; nil if there are none.
  var due: UInt64? {
    guard let firstEvent, let lastEvent else { return nil }
    return min(lastEvent + UInt64(delay * 1e9), firstEvent + UInt64(delay * WatchedTree.patience * 1e9))
  }

  /// Records a change of an unknown path.
  func noteAnything(at time: UInt64) { note([UInt8(ascii: ".")], isNew: false, at: time) }

  func noteGone() { isGone = true }

  /// The record for the changes so far, which are then cleared; nil if nothing remains, as of an editor's temporary
  /// file.
  func takeChange() -> Record? {
    let left = paths.filter { path, happened in !happened.isNew || exists(path) }.keys
    paths = [:]
    (firstEvent, lastEvent) = (nil, nil)
    guard !left.isEmpty else { return nil }
    sequence += 1
    var record = record
    let names = left.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    record.set(Change(sequence: sequence, paths: names))
    return record
  }

  private func exists(_ path: [UInt8]) -> Bool {
    var status = stat()
    return (full(path) + [0]).withUnsafeBytes { lstat($0.baseAddress!.assumingMemoryBound(to: CChar.self), &status) }
      == 0
  }

  /// Whether a change of attributes matters to a build. Setting the time to now, as touch(1) does, makes the
  /// modification and status change times equal; changing the mode sets only the latter.
  func isMoreThanTouched(_ path: [UInt8]) -> Bool {
    var status = stat()
    guard
      (full(path) + [0]).withUnsafeBytes({ lstat($0.baseAddress!.assumingMemoryBound(to: CChar.self), &status) }) == 0
    else { return false }
    return status.st_mtim.tv_sec != status.st_ctim.tv_sec || status.st_mtim.tv_nsec != status.st_ctim.tv_nsec
  }
}

/// The number of directories to watch in an application: those not ignored, counted up to a million.
/// - Parameter home: the draft home, which is never watched.
public func directoriesToWatch(_ app: App, settings: Settings, home: String) throws -> Int {
  let tree = try WatchedTree(record: Record(), app: app, settings: settings, home: home)
  var pending: [[UInt8]] = [[]], count = 0
  while let path = pending.popLast(), count < 1_000_000 {
    count += 1
    for (name, isDirectory) in Watcher.children(tree.full(path)) where isDirectory {
      let child = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
      if !tree.ignores(child, isDirectory: true) { pending.append(child) }
    }
  }
  return count
}
