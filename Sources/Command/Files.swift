import CSystem
import Glibc
import Records

/// Reads and writes small files whole: a file is written to a temporary name and renamed.
public enum Files {
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  public static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == Glibc.S_IFDIR
  }

  /// Reads a whole file. `limit`, in bytes, guards against a file that is not small; a longer one is an error.
  public static func read(_ path: String, limit: Int = 64 << 20) throws -> [UInt8] {
    do {
      let file = try OpenFile(path, O_RDONLY | O_NONBLOCK), status = try file.status()
      guard status.st_mode & S_IFMT == Glibc.S_IFREG else {
        throw Errno(status.st_mode & S_IFMT == Glibc.S_IFDIR ? EISDIR : EINVAL)
      }
      guard Int(status.st_size) <= limit else { throw Errno(EFBIG) }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(Int(status.st_size) + 1)
      try file.pieces(of: 65_536) {
        bytes += $0
        guard bytes.count <= limit else { throw Errno(EFBIG) }
      }
      return bytes
    } catch let error as Errno { throw SystemError("cannot read '\(path)'", error.number) }
  }

  /// Reads a whole file as text; bytes that are not UTF-8 are replaced.
  public static func readText(_ path: String, limit: Int = 64 << 20) throws -> String {
    String(decoding: try read(path, limit: limit), as: UTF8.self)
  }

  /// Writes to a temporary file and renames it: readers see the old file or the new one, never a part.
  /// - Parameters:
  ///   - replacing: false throws `EEXIST` if the file exists, even if it was created this moment.
  ///   - durable: false does not wait for the disk, which saves milliseconds; after a power cut the file may be empty.
  ///     For caches whose readers check what they read.
  public static func write(
    _ bytes: [UInt8], to path: String, mode: mode_t = 0o644, replacing: Bool = true, durable: Bool = true
  ) throws {
    let temporary = try Temporary.file(beside: path)
    defer { Temporary.remove(temporary.path) }
    do { try temporary.file.write(bytes) } catch {
      let code = error.number == ENOSPC ? ExitCode.cannotCreate : .inputOutput
      throw SystemError("cannot write '\(path)'", error.number, code: code)
    }
    let descriptor = temporary.file.descriptor
    guard fchmod(descriptor, mode & ~processMask) == 0, !durable || fsync(descriptor) == 0 else {
      throw SystemError("cannot write '\(path)'", errno)
    }
    if replacing { return try place(temporary, at: path, durable: durable) }
    guard csystem_rename_noreplace(temporary.path, path) == 0 else {
      throw SystemError("cannot create '\(path)'", errno, code: .cannotCreate)
    }
  }

  /// Moves a complete file to its place. In the caches this works whatever is at the path by now, even if it is a
  /// directory, its parent is missing, or either was deleted this moment.
  /// - Parameters:
  ///   - temporary: the file, open for reading as well.
  ///   - durable: see ``write(_:to:mode:replacing:durable:)``.
  package static func place(_ temporary: borrowing TemporaryFile, at path: String, durable: Bool = true) throws {
    var own = temporary.path
    let given = own
    defer { if own != given { Temporary.remove(own) } }
    for attempt in 1... {
      // The lazy rename exchanges the two, so what is at the path must be a file.
      let result = durable || isDirectory(path) ? rename(own, path) : csystem_rename_lazily(own, path)
      if result == 0 { return Temporary.forget(own) }
      let number = errno
      guard [ENOENT, ENOTDIR, EISDIR, EEXIST, ENOTEMPTY].contains(number), attempt < Temporary.tries, clear(path) else {
        throw SystemError("cannot create '\(path)'", number, code: .cannotCreate)
      }
      if !exists(own) { own = try copy(temporary.file, beside: path) }
    }
  }

  /// Clears the way for a file in the caches: makes its parent directories, and removes anything at the path that is
  /// not a file.
  /// - Returns: whether the path is in the caches.
  @discardableResult
  public static func clear(_ path: String) -> Bool {
    guard Temporary.isMended(path) else { return false }
    if let slash = path.lastIndex(of: "/") { try? makeDirectories(String(path[..<slash]), mode: 0o700) }
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != Glibc.S_IFREG { removeTree(path) }
    return true
  }

  /// Copies an open file that no longer has a name.
  private static func copy(_ file: borrowing OpenFile, beside path: String) throws -> String {
    let new = try Temporary.file(beside: path)
    guard lseek(file.descriptor, 0, SEEK_SET) == 0 else { throw SystemError("cannot read '\(path)'", errno) }
    try file.pieces({ SystemError("cannot read '\(path)'", $0) }) { bytes in
      do throws(Errno) { try new.file.write(bytes) } catch {
        throw SystemError("cannot write '\(path)'", error.number, code: .cannotCreate)
      }
    }
    var status = stat()
    guard fstat(file.descriptor, &status) == 0, fchmod(new.file.descriptor, status.st_mode & 0o7777) == 0 else {
      throw SystemError("cannot write '\(path)'", errno)
    }
    return new.path
  }

  /// `mkdir -p`. In the caches, a file in the place of a directory is removed.
  public static func makeDirectories(_ path: String, mode: mode_t = 0o755) throws {
    for attempt in 1... {
      if isDirectory(path) { return }
      if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
        try makeDirectories(String(path[..<slash]), mode: mode)
      }
      if mkdir(path, mode) == 0 { return }
      let number = errno
      if number == EEXIST, isDirectory(path) { return }
      guard [EEXIST, ENOENT, ENOTDIR].contains(number), attempt < Temporary.tries, Temporary.isMended(path) else {
        throw SystemError("cannot create directory '\(path)'", number, code: .cannotCreate)
      }
      if number == EEXIST, unlink(path) != 0, errno != ENOENT, errno != EISDIR {
        throw SystemError("cannot create directory '\(path)'", errno, code: .cannotCreate)
      }
    }
  }

  /// Replaces a file that is there, and keeps its permissions. A link stays, and the file that it leads to is replaced.
  package static func rewrite(_ bytes: [UInt8], at path: String) throws {
    let place = try resolve(path)
    var status = stat()
    guard stat(place, &status) == 0 else { throw SystemError("cannot read '\(path)'", errno) }
    try write(bytes, to: place, mode: 0o600)
    guard chmod(place, status.st_mode & 0o7777) == 0 else { throw SystemError("cannot write '\(path)'", errno) }
  }

  /// The absolute path, with symbolic links resolved. Throws if it does not exist.
  public static func resolve(_ path: String) throws -> String {
    guard let resolved = realpath(path, nil) else { throw SystemError("cannot find '\(path)'", errno) }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The path of the running program, from /proc; if that is not mounted, the path it was started by.
  public static func executable() throws -> String {
    if let path = try? resolve("/proc/self/exe") { return path }
    guard let path = csystem_program() else { throw SystemError("cannot find '/proc/self/exe'", ENOENT) }
    return try resolve(String(cString: path))
  }

  /// The path of a file below a directory, relative to it; nil if it is not below. Compares bytes: a String equates
  /// composed and decomposed `é`, which are two names to the system, and joins a combining mark at the start of a name
  /// to the slash.
  public static func relative(_ path: some StringProtocol, to directory: String) -> String? {
    let above = directory == "/" ? Array("/".utf8) : Array(directory.utf8) + [UInt8(ascii: "/")]
    guard path.utf8.count > above.count, path.utf8.starts(with: above) else { return nil }
    return String(decoding: path.utf8.dropFirst(above.count), as: UTF8.self)
  }

  /// The names in a directory, sorted by byte; without `.` and `..`.
  public static func list(_ path: String) throws -> [String] {
    guard let directory = opendir(path) else { throw SystemError("cannot read directory '\(path)'", errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The umask. It can only be read by setting it, so this is done once, before threads start.
  private static let processMask: mode_t = {
    let mask = umask(0o022)
    umask(mask)
    return mask
  }()
}
