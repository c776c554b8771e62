import CSystem
import Command
import Glibc
import Records

/// Watches directory trees, and writes a record whenever one has changed and then been quiet for a while.
///
/// A directory is watched before it is listed, so everything that is created in a new one is either listed or reported
/// as an event. If the kernel drops events, everything is walked again.
public final class Watcher {
  private let inotify: Inotify
  private var trees: [WatchedTree] = []
  /// The directories of each watch. Two applications may share a directory, for which the kernel has one watch.
  private var places: [Int32: [Place]] = [:]

  private struct Place {
    let tree: WatchedTree
    /// Relative; empty for the application's own directory.
    let path: [UInt8]
  }

  /// Throws ``WatchError`` if the system provides no more inotify instances.
  public init() throws { inotify = try Inotify() }

  public var isEmpty: Bool { trees.isEmpty }

  /// Starts watching a tree.
  public func add(_ tree: WatchedTree) throws {
    try watch([], of: tree, found: nil)
    trees.append(tree)
  }

  /// Runs until standard output is closed or there is nothing left to watch.
  /// - Parameter report: called with errors that do not end the watch.
  public func run(_ emit: (Record) throws -> Void, report: (any Diagnosis) -> Void) throws -> ExitCode {
    var code = ExitCode.done
    while !trees.isEmpty {
      var polls = [
        pollfd(fd: inotify.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
      ]
      guard poll(&polls, 2, timeout()) >= 0 || errno == EINTR else {
        throw WatchError.cannotWatch(path: "", errno: errno)
      }
      // The reader is gone: further records would be lost.
      if polls[1].revents & Int16(POLLERR) != 0 { return code }
      for event in try inotify.events() {
        do { try handle(event) } catch let error as any Diagnosis { report(error) }
      }
      let now = csystem_nanoseconds()
      for tree in trees where due(tree) <= now {
        if let record = tree.takeChange() { try emit(record) }
      }
      for tree in trees where tree.isGone {
        let error = WatchError.gone(path: tree.directory)
        report(error)
        var record = tree.record
        record.set(Failure(by: "draft-watch", code: error.exitCode, message: error.message, hint: error.hint))
        try emit(record)
        code = .failed
      }
      trees.removeAll { $0.isGone }
    }
    return code
  }

  private func due(_ tree: WatchedTree) -> UInt64 { tree.due ?? UInt64.max }

  /// Milliseconds until the first quiet period ends, rounded up; -1 for no timeout.
  private func timeout() -> Int32 {
    guard let first = trees.map(due).min(), first != UInt64.max else { return -1 }
    let now = csystem_nanoseconds()
    return first <= now ? 0 : Int32(clamping: (first - now) / 1_000_000 + 1)
  }

  private func handle(_ event: Inotify.Event) throws {
    let now = csystem_nanoseconds()
    if event.has(IN_Q_OVERFLOW) {
      for tree in trees {
        try watch([], of: tree, found: nil)
        tree.noteAnything(at: now)
      }
      return
    }
    guard let here = places[event.watch] else { return }
    if event.has(IN_IGNORED) || event.has(IN_UNMOUNT) || event.has(IN_DELETE_SELF) || event.has(IN_MOVE_SELF) {
      for place in here where place.path.isEmpty { place.tree.noteGone() }
      if event.has(IN_IGNORED) { places[event.watch] = nil }
      return
    }
    guard !event.name.isEmpty else {
      // While a process still has it open, a removed directory only reports that its attributes changed.
      for place in here where place.path.isEmpty && !Files.isDirectory(place.tree.directory) { place.tree.noteGone() }
      return
    }
    for place in here {
      let path = place.path.isEmpty ? event.name : place.path + [UInt8(ascii: "/")] + event.name
      if place.tree.isRules(path) {
        try place.tree.reloadRules()
        forgetIgnored(of: place.tree)
        try watch([], of: place.tree, found: nil)
      }
      if place.tree.ignores(path, isDirectory: event.isDirectory) { continue }
      if event.has(IN_ATTRIB), !place.tree.isMoreThanTouched(path) { continue }
      let isNew = event.has(IN_CREATE) || event.has(IN_MOVED_TO)
      if event.has(IN_DELETE) || event.has(IN_MOVED_FROM) {
        place.tree.noteEnd(path, at: now)
      } else {
        place.tree.note(path, isNew: isNew, at: now)
      }
      guard event.isDirectory else { continue }
      if event.has(IN_MOVED_FROM) { forget(path, of: place.tree) }
      if isNew { try watch(path, of: place.tree) { place.tree.note($0, isNew: true, at: now) } }
    }
  }

  /// Watches a directory and everything below it that is not ignored.
  /// - Parameter found: called with every path below it.
  private func watch(_ path: [UInt8], of tree: WatchedTree, found: (([UInt8]) -> Void)?) throws {
    var pending = [path]
    while let path = pending.popLast() {
      guard let watch = try inotify.add(tree.full(path)) else {
        if path.isEmpty { throw WatchError.gone(path: tree.directory) }
        continue
      }
      if places[watch]?.contains(where: { $0.tree === tree && $0.path == path }) != true {
        // A moved directory keeps its watch; drop its old path in this tree.
        places[watch, default: []].removeAll { $0.tree === tree }
        places[watch, default: []].append(Place(tree: tree, path: path))
      }
      for (name, isDirectory) in Watcher.children(tree.full(path)) {
        let child = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
        if tree.ignores(child, isDirectory: isDirectory) { continue }
        found?(child)
        if isDirectory { pending.append(child) }
      }
    }
  }

  /// Stops watching directories that new rules ignore, by their own names or a parent's.
  private func forgetIgnored(of tree: WatchedTree) {
    let paths = places.values.flatMap { $0.filter { $0.tree === tree && !$0.path.isEmpty }.map(\.path) }
    for path in paths where tree.ignores(path, isDirectory: true) { forget(path, of: tree) }
  }

  /// Stops watching a directory that was moved away, and all below it. A watched destination finds it again.
  private func forget(_ path: [UInt8], of tree: WatchedTree) {
    let inside = path + [UInt8(ascii: "/")]
    for (watch, here) in places
    where here.contains(where: { $0.tree === tree && ($0.path == path || $0.path.starts(with: inside)) }) {
      let rest = here.filter { $0.tree !== tree }
      places[watch] = rest.isEmpty ? nil : rest
      if rest.isEmpty { inotify.remove(watch) }
    }
  }

  /// Lists a directory. One that was removed meanwhile has no children; its parent's watch reports that.
  static func children(_ path: [UInt8]) -> [(name: [UInt8], isDirectory: Bool)] {
    guard let stream = (path + [0]).withUnsafeBytes({ opendir($0.baseAddress!.assumingMemoryBound(to: CChar.self)) })
    else { return [] }
    defer { closedir(stream) }
    var children: [([UInt8], Bool)] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: UInt8.self, capacity: 256) {
          Array(UnsafeBufferPointer(start: $0, count: strnlen($0, 256)))
        }
      }
      guard name != Array(".".utf8), name != Array("..".utf8) else { continue }
      var isDirectory = entry.pointee.d_type == UInt8(DT_DIR)
      if entry.pointee.d_type == UInt8(DT_UNKNOWN) {
        var status = stat()
        let full = path + [UInt8(ascii: "/")] + name + [0]
        isDirectory =
          full.withUnsafeBytes { lstat($0.baseAddress!.assumingMemoryBound(to: CChar.self), &status) } == 0
          && status.st_mode & S_IFMT == Glibc.S_IFDIR
      }
      children.append((name, isDirectory))
    }
    return children
  }
}
