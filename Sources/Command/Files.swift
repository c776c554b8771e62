import CSystem
import Glibc
import Records

/// Small whole files, read and written as the promises want it: written beside and renamed.
public enum Files {
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  public static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == Glibc.S_IFDIR
  }

  /// The whole file. `limit` guards against what is no small file at all; a longer one is an error.
  public static func read(_ path: String, limit: Int = 64 << 20) throws -> [UInt8] {
    do {
      let file = try OpenFile(path, O_RDONLY | O_NONBLOCK), status = try file.status()
      guard status.st_mode & S_IFMT == Glibc.S_IFREG else { throw Errno(status.st_mode & S_IFMT == Glibc.S_IFDIR ? EISDIR : EINVAL) }
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

  public static func readText(_ path: String, limit: Int = 64 << 20) throws -> String {
    String(decoding: try read(path, limit: limit), as: UTF8.self)
  }

  /// Writes beside and renames: whoever reads sees the old file or the new one, whole.
  /// - Parameters:
  ///   - replacing: false throws `EEXIST` when the file is there, even when it came into being this moment.
  ///   - durable: false does not wait for the disk, some milliseconds: after a power cut the file may be empty. For caches whose
  ///     readers check what they read.
  public static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644, replacing: Bool = true, durable: Bool = true) throws {
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

  /// Gives a whole file its place. In the caches it gets there whatever is in its place by now, a directory or nothing
  /// to be in, and also when somebody has just deleted it.
  /// - Parameters:
  ///   - temporary: open for reading as well.
  ///   - durable: see ``write(_:to:mode:replacing:durable:)``.
  package static func place(_ temporary: borrowing TemporaryFile, at path: String, durable: Bool = true) throws {
    var own = temporary.path
    let given = own
    defer { if own != given { Temporary.remove(own) } }
    for attempt in 1... {
      // One who exchanges gets what was there, and that has to be a file.
      let result = durable || isDirectory(path) ? rename(own, path) : csystem_rename_lazily(own, path)
      if result == 0 { return Temporary.forget(own) }
      let number = errno
      guard [ENOENT, ENOTDIR, EISDIR, EEXIST, ENOTEMPTY].contains(number), attempt < Temporary.tries, clear(path) else {
        throw SystemError("cannot create '\(path)'", number, code: .cannotCreate)
      }
      if !exists(own) { own = try copy(temporary.file, beside: path) }
    }
  }

  /// Makes way for a file in the caches: the directories it is to be in are made, and what is in its place and no file is
  /// removed.
  /// - Returns: whether the path is in the caches.
  @discardableResult
  public static func clear(_ path: String) -> Bool {
    guard Temporary.isMended(path) else { return false }
    if let slash = path.lastIndex(of: "/") { try? makeDirectories(String(path[..<slash]), mode: 0o700) }
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != Glibc.S_IFREG { removeTree(path) }
    return true
  }

  /// A file that has no name any more, once more.
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

  /// `mkdir -p`. In the caches a file where a directory belongs is removed.
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

  /// The absolute path with symbolic links resolved. Throws for what does not exist.
  public static func resolve(_ path: String) throws -> String {
    guard let resolved = realpath(path, nil) else { throw SystemError("cannot find '\(path)'", errno) }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The program that runs. /proc says it; where that is not mounted, it is the one that was started by its path.
  public static func executable() throws -> String {
    if let path = try? resolve("/proc/self/exe") { return path }
    guard let path = csystem_program() else { throw SystemError("cannot find '/proc/self/exe'", ENOENT) }
    return try resolve(String(cString: path))
  }

  /// The path of what lies below a directory, relative to it; nil for anything else. By bytes: to a String `é` in one letter and in two are
  /// the same, to the system they are two names, and a mark at the beginning of a name would be taken for a part of the slash.
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

  /// The umask, which can only be read by setting it; so once, before there are threads.
  private static let processMask: mode_t = {
    let mask = umask(0o022)
    umask(mask)
    return mask
  }()
}
