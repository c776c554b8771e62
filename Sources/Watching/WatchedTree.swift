import Archives
import Command
import Glibc
import Records
import Settings

/// One application being watched: its line, its rules, and what has happened to it since the last record.
public final class WatchedTree {
  /// The line to be written again with every change.
  let record: Record
  let directory: String
  /// Seconds of quiet.
  let delay: Double
  private let home: [UInt8]
  private let app: App
  private let settings: Settings
  private var ignore: HelmIgnore
  /// nil when the ignore file of the Dockerfile cannot be used, which draft-pack complains about: until then everything counts.
  private var context: ContextRules?
  private(set) var sequence = 0
  /// By relative path.
  private var paths: [[UInt8]: Happened] = [:]
  private var firstEvent: UInt64?
  private var lastEvent: UInt64?

  private struct Happened {
    /// Whether it was not there before.
    let isNew: Bool
    let first: UInt64
    var last: UInt64
  }
  private(set) var isGone = false

  /// - Parameters:
  ///   - settings: of the application: how long it has to be quiet, and what its image is made of.
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

  /// The rules of Helm's ignore files, and Draft's own where the application has none.
  private static func rules(_ directory: String) throws -> HelmIgnore {
    let path = directory + "/.draftignore"
    guard Files.exists(path) else { return try HelmIgnore(Array("*.swp\n*.tmp\n*.temp\n.git*\n".utf8), path: path) }
    return try HelmIgnore(try Files.read(path, limit: 1 << 20), path: path)
  }

  /// Whether the rules are read from a path.
  func isRules(_ path: [UInt8]) -> Bool { ([".draftignore"] + ContextRules.files(settings)).contains { path.elementsEqual($0.utf8) } }

  func reloadRules() throws {
    context = try? ContextRules(app, settings: settings)
    ignore = try WatchedTree.rules(directory)
  }

  func full(_ path: [UInt8]) -> [UInt8] { path.isEmpty ? Array(directory.utf8) : Array(directory.utf8) + [UInt8(ascii: "/")] + path }

  /// Whether a path is none of ours, and nothing below it is. The draft home never is: writing there is what follows from a change.
  func ignores(_ path: [UInt8], isDirectory: Bool) -> Bool {
    if ignore.ignores(path, isDirectory: isDirectory) || full(path) == home { return true }
    if isDirectory { return context?.leavesOutAll(under: path) == true }
    return EditorFiles.has(path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...])
  }

  /// Notes that something happened to a path. A directory that is watched for the exceptions in it is itself nothing.
  func note(_ path: [UInt8], isNew: Bool, at time: UInt64) {
    if context?.leavesOut(path) == true { return }
    paths[path, default: Happened(isNew: isNew, first: time, last: time)].last = time
    firstEvent = firstEvent ?? time
    lastEvent = time
  }

  /// Notes that a path has gone. One that had only come, as what is written beside and renamed does, has not been, and delayed nothing.
  func noteEnd(_ path: [UInt8], at time: UInt64) {
    guard paths[path]?.isNew == true else { return note(path, isNew: false, at: time) }
    paths[path] = nil
    firstEvent = paths.values.lazy.map(\.first).min()
    lastEvent = paths.values.lazy.map(\.last).max()
  }

  /// How many times its delay a change waits for quiet at most: a file may be written to for ever.
  static let patience = 10.0

  /// When what happened counts as finished; nil when nothing did.
  var due: UInt64? {
    guard let firstEvent, let lastEvent else { return nil }
    return min(lastEvent + UInt64(delay * 1e9), firstEvent + UInt64(delay * WatchedTree.patience * 1e9))
  }

  /// Something happened, and nobody can say to what.
  func noteAnything(at time: UInt64) { note([UInt8(ascii: ".")], isNew: false, at: time) }

  func noteGone() { isGone = true }

  /// The line for what happened, and a clean slate; nil when it comes to nothing, as an editor's own temporary file does.
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

/// How many directories there are to watch in an application: those that its rules leave in. More than a million are a million.
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
