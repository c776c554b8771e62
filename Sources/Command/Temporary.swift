import CSystem
import Glibc
import Records
import Synchronization

/// A file written under a temporary name, to be renamed when complete. The caller removes the name.
package struct TemporaryFile: ~Copyable {
  package let file: OpenFile
  package let path: String

  package init(_ file: consuming OpenFile, path: String) {
    self.file = file
    self.path = path
  }

  /// Passes the open file to the caller; the name stays.
  package consuming func open() -> OpenFile { file }
}

/// Files and directories that must not outlive the process. They are removed when the command ends, by itself or by a
/// signal. A process killed by SIGKILL leaves names that are never read as complete; later commands remove them:
///
///     cache/tmp/RUN            an empty file, locked while the process lives
///     cache/tmp/RUN-X          its files and directories
///     FILE.tmp-XXXXXX          beside a file or directory elsewhere, locked; removed when FILE is next written
///     TMPDIR/draft-PID.XXXXXX  a directory, removed by the next command that makes one; pipeline.sh makes them too
public enum Temporary {
  private struct State {
    var paths: Set<String> = []
    /// The directory of the caches, and the prefix of our temporary files there, once there is one: `cache/tmp/RUN-`.
    var caches: String?
    var run: String?
    /// What looked like temporary files in each directory when this process wrote there first.
    var left: [String: [String]] = [:]
  }

  private static let state = Mutex(State())
  /// The directories of the draft home whose contents can be recreated, whatever is found there. Read while the other
  /// is locked.
  private static let mended = Mutex<[String]>([])

  /// - Parameter path: the directory of the draft home's caches; temporary files for it go into its `tmp` from now on.
  /// - Parameter others: more directories where anything wrong is removed and recreated, see ``Files/clear(_:)``.
  public static func shelter(_ path: String, others: [String] = []) {
    state.withLock { $0.caches = path }
    mended.withLock { mended in
      for place in [path] + others where !mended.contains(place) { mended.append(place) }
    }
  }

  /// Whether something wrong at the path may be removed, because it is in the caches.
  static func isMended(_ path: String) -> Bool {
    mended.withLock { $0.contains { path == $0 || Files.relative(path, to: $0) != nil } }
  }

  /// How often to recreate what has vanished: another process may be deleting the caches right now.
  static let tries = 16

  /// Opens a file to be renamed to `path` when complete: beside it, or in the temporary directory of the caches.
  package static func file(beside path: String) throws -> TemporaryFile {
    var attempt = 0
    while true {
      attempt += 1
      let sheltered = prefix(path)
      if sheltered == nil { sweep(beside: path) }
      var template = Array(((sheltered ?? path + ".tmp-") + "XXXXXX").utf8CString)
      let descriptor = csystem_mkstemp(&template), number = errno
      if descriptor >= 0 {
        let file = OpenFile(descriptor)
        if sheltered == nil { _ = file.tryLock() }
        return TemporaryFile(file, path: registered(template))
      }
      guard [ENOENT, ENOTDIR].contains(number), attempt < tries, Files.clear(path) else {
        throw SystemError("cannot create '\(path)'", number, code: .cannotCreate)
      }
    }
  }

  /// Makes a new directory in `parent`, or in the temporary directory of the caches.
  /// - Parameter alone: always in `parent` itself, whose owner sweeps it.
  public static func directory(in parent: String, alone: Bool = false) throws -> String {
    var attempt = 0
    while true {
      attempt += 1
      let own = alone ? nil : prefix(parent + "/")
      var template = Array(((own ?? parent + "/tmp-") + "XXXXXX").utf8CString)
      if mkdtemp(&template) != nil { return registered(template) }
      let number = errno
      guard [ENOENT, ENOTDIR].contains(number), attempt < tries, Files.clear(parent + "/new") else {
        throw SystemError("cannot create a directory in '\(parent)'", number, code: .cannotCreate)
      }
    }
  }

  /// Makes a new directory to be renamed to `path` when complete: beside it, locked, after removing those of killed
  /// processes.
  package static func directory(beside path: String) throws -> String {
    sweep(beside: path)
    var template = Array((path + ".tmp-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("cannot create '\(path)'", errno, code: .cannotCreate) }
    let made = registered(template)
    // Open, and so locked, as long as the process lives.
    if let directory = try? OpenFile(made, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), directory.tryLock() {
      _ = directory.take()
    }
    return made
  }

  /// Makes a new directory in TMPDIR, after removing those of processes that no longer exist.
  public static func directory() throws -> String {
    let parent = environmentVariable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    if Files.exists("/proc/self") {
      for name in (try? Files.list(parent)) ?? [] where name.hasPrefix("draft-") {
        let words = name.dropFirst(6).split(separator: ".", omittingEmptySubsequences: false)
        guard words.count == 2, isRandom(words[1]), let process = Int32(words[0]), process > 0 else { continue }
        let left = parent + "/" + name
        if !Files.exists("/proc/\(process)"), isOurs(left, kind: Glibc.S_IFDIR) { removeTree(left) }
      }
    }
    var template = Array("\(parent)/draft-\(getpid()).XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw SystemError("cannot create a directory in '\(parent)'", errno, code: .cannotCreate)
    }
    return registered(template)
  }

  /// Removes what killed processes left in a directory that ``directory(in:alone:)`` is used for: what is a day old.
  public static func sweep(in parent: String) {
    Cache(parent, kept: 0, idle: 86_400).sweep { $0.name.hasPrefix("tmp-") && isRandom($0.name.dropFirst(4)) }
  }

  /// Removes what killed processes left beside a file or a directory: names as we make them, over a minute old, that
  /// no process is writing to.
  private static func sweep(beside path: String) {
    guard let slash = path.lastIndex(of: "/") else { return }
    let parent = path[...slash], prefix = path[path.index(after: slash)...] + ".tmp-"
    for name in leftovers(String(parent)) where name.hasPrefix(prefix) {
      let left = String(parent) + name
      guard isRandom(name.utf8.dropFirst(prefix.utf8.count)) else { continue }
      guard
        isOurs(left, kind: Glibc.S_IFREG, mode: 0o600, age: 60)
          || isOurs(left, kind: Glibc.S_IFDIR, mode: 0o700, age: 60)
      else { continue }
      guard let file = try? OpenFile(left, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { continue }
      if file.tryLock() { removeTree(left) }
    }
  }

  /// The names in a directory that temporary files may have. Every file that is written sweeps, so a directory is read
  /// once.
  private static func leftovers(_ parent: String) -> [String] {
    if let known = state.withLock({ $0.left[parent] }) { return known }
    guard let stream = opendir(parent) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let found = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { strstr($0, ".tmp-") == nil ? nil : String(cString: $0) }
      }
      if let found { names.append(found) }
    }
    state.withLock { state in
      if state.left.count >= 1_000 { state.left = [:] }
      state.left[parent] = names
    }
    return names
  }

  /// Whether it looks like the six characters of mkstemp(3).
  private static func isRandom(_ text: some StringProtocol) -> Bool { isRandom(text.utf8) }

  private static func isRandom(_ text: some Collection<UInt8>) -> Bool {
    text.count == 6 && text.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
  }

  private static func isOurs(_ path: String, kind: mode_t, mode: mode_t? = nil, age: Int = 0) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == kind, status.st_uid == geteuid() else { return false }
    return (mode == nil || status.st_mode & 0o7777 == mode) && status.st_mtim.tv_sec <= time(nil) - age
  }

  private static func registered(_ template: [CChar]) -> String {
    let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    register(name)
    return name
  }

  /// Removes the path when the process ends.
  public static func register(_ path: String) { _ = state.withLock { $0.paths.insert(path) } }

  /// The path was renamed or removed: no longer ours to remove.
  public static func forget(_ path: String) { _ = state.withLock { $0.paths.remove(path) } }

  public static func remove(_ path: String) {
    removeTree(path)
    forget(path)
  }

  static func removeAll() {
    for path in state.withLock({ $0.paths }) { removeTree(path) }
  }

  // MARK: in the caches

  /// The prefix of a temporary file for `path`; nil if the path is not in the caches.
  private static func prefix(_ path: String) -> String? {
    state.withLock { state in
      guard let caches = state.caches, path.hasPrefix(caches + "/") else { return nil }
      // The caches may be deleted at any time, and this file with them.
      if let run = state.run, run.hasPrefix(caches + "/"), Files.exists(run) { return run + "-" }
      guard let begun = begin(caches + "/tmp") else { return nil }
      state.run = begun
      state.paths.insert(begun)
      return begun + "-"
    }
  }

  /// Creates the lock file of this process in the directory, after removing the files of processes that are gone.
  private static func begin(_ directory: String) -> String? {
    guard (try? Files.makeDirectories(directory, mode: 0o700)) != nil else { return nil }
    let names = (try? Files.list(directory)) ?? []
    for name in names where !name.utf8.contains(0x2D) {
      let path = directory + "/" + name
      guard let file = try? OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), file.tryLock() else { continue }
      for left in names where left.hasPrefix(name + "-") { removeTree(directory + "/" + left) }
      removeTree(path)
    }
    for _ in 0..<8 {
      var template = Array((directory + "/XXXXXX").utf8CString)
      let descriptor = csystem_mkstemp(&template)
      guard descriptor >= 0 else { return nil }
      let file = OpenFile(descriptor),
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      // Keep it open while the process lives. Another process may have swept it before we locked it.
      if file.tryLock(), let status = try? file.status(), status.st_nlink > 0 {
        _ = file.take()
        return path
      }
    }
    return nil
  }
}

/// Removes a file, or a directory of any depth; does not follow symbolic links. What cannot be removed stays.
public func removeTree(_ path: String) {
  if unlink(path) == 0 || errno == ENOENT { return }
  let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
  guard let opened = try? OpenFile(path, flags) else { return }
  let root = opened.descriptor
  // Move the contents of inner directories up to the root, then remove them: no path grows long and no stack deep.
  var moved = 0, isMoving = true
  while isMoving {
    isMoving = false
    for name in entries(root) {
      if unlinkat(root, name, 0) == 0 || unlinkat(root, name, AT_REMOVEDIR) == 0 { continue }
      guard let opened = try? OpenFile(name, flags, in: root) else { continue }
      let directory = opened.descriptor
      for inner in entries(directory) {
        if unlinkat(directory, inner, 0) == 0 || unlinkat(directory, inner, AT_REMOVEDIR) == 0 { continue }
        moved += 1
        if renameat(directory, inner, root, ".removed-\(moved)") == 0 { isMoving = true }
      }
      unlinkat(root, name, AT_REMOVEDIR)
    }
  }
  rmdir(path)
}

/// The names in an open directory, without `.` and `..`, as bytes: they need not be UTF-8.
private func entries(_ directory: Int32) -> [[CChar]] {
  guard let own = try? OpenFile(".", O_RDONLY | O_DIRECTORY, in: directory), let stream = fdopendir(own.take()) else {
    return []
  }
  defer { closedir(stream) }
  var names: [[CChar]] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) {
        Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
      }
    }
    if name != [0x2E, 0], name != [0x2E, 0x2E, 0] { names.append(name) }
  }
  return names
}
