import Archives
import Command
import Glibc

/// The files of a chart, from a directory or an archive, with paths that lead nowhere else.
enum ChartFiles {
  /// Reads a small file of a chart. Helm accepts no chart with a file of more than 5 MB.
  static func read(_ path: String) throws(ArchiveError) -> [UInt8] {
    do { return try Files.read(path, limit: ChartLimits.file) } catch let error as SystemError {
      throw error.number == EFBIG
        ? .badChart(file: path, line: 0, reason: "is longer than 5 MB") : .unreadable(path: path, errno: error.number)
    } catch { throw .unreadable(path: path, errno: EIO) }
  }

  /// The files of a directory, in byte order, without what `.helmignore` names. Links are followed, as helm does, but
  /// not out of the boundary.
  static func of(directory: String, within boundary: String, _ left: inout ChartBudget) throws -> [ChartEntry] {
    let rules = directory + "/.helmignore"
    var ignore = try HelmIgnore(Files.exists(rules) ? try read(rules) : [], path: rules)
    try ignore.addChartDefaults()
    let real = try Files.resolve(directory)
    let outer = boundary == directory ? real : try Files.resolve(boundary)
    var walk = Walk(path: directory, boundary: outer, ignore: ignore, left: left)
    // Its own rules may leave it out.
    walk.left.state?.add(file: rules)
    try walk.add(real, relative: [], above: [real])
    left = walk.left
    return walk.entries
  }

  private struct Walk {
    let path: String
    let boundary: String
    let ignore: HelmIgnore
    var left: ChartBudget
    var entries: [ChartEntry] = []

    init(path: String, boundary: String, ignore: HelmIgnore, left: ChartBudget) {
      (self.path, self.boundary, self.ignore, self.left) = (path, boundary, ignore, left)
    }

    mutating func add(_ directory: String, relative: [UInt8], above: [String]) throws {
      let (names, opened) = try ChartFiles.names(in: directory)
      // Names below an open directory are found faster, but a deep tree would need too many of them.
      let place = above.count < 32 ? opened : nil
      left.state?.add(opened.status(), directory)
      for (name, type) in names {
        let inner = relative.isEmpty ? name : relative + [UInt8(ascii: "/")] + name
        guard let text = String(validating: name, as: UTF8.self) else {
          throw ChartError.hostile(path: path, member: PathBytes.text(inner), reason: "its name is not UTF-8")
        }
        let full = directory + "/" + text
        var kind = type, source = full
        if kind == Glibc.S_IFLNK {
          left.state = nil
          // The rules apply to the target of a link, as in helm.
          var status = stat()
          guard stat(full, &status) == 0 else {
            if ignore.ignores(inner, isDirectory: false) { continue }
            throw ChartError.hostile(path: path, member: PathBytes.text(inner), reason: "the link is broken")
          }
          kind = status.st_mode & S_IFMT
          source = try Files.resolve(full)
        }
        let isDirectory = kind == Glibc.S_IFDIR
        if ignore.ignores(inner, isDirectory: isDirectory) { continue }
        if source != full, source != boundary, Files.relative(source, to: boundary) == nil {
          throw ChartError.hostile(
            path: path, member: PathBytes.text(inner), reason: "the link leads out of '\(boundary)'")
        }
        if isDirectory {
          let real = source == full ? above[above.count - 1] + "/" + text : source
          guard !above.contains(real) else {
            throw ChartError.hostile(
              path: path, member: PathBytes.text(inner), reason: "the link leads to a directory above it")
          }
          try left.take(inner, size: 0)
          try add(source, relative: inner, above: above + [real])
        } else {
          guard kind == Glibc.S_IFREG else {
            throw ChartError.hostile(
              path: path, member: PathBytes.text(inner), reason: "it is neither a file nor a directory")
          }
          let file =
            if let place, source == full {
              try SourceFile(name, in: place.descriptor, path: full)
            } else {
              try SourceFile(Array(source.utf8), in: AT_FDCWD, path: source)
            }
          try add(file, path: source, inner)
        }
      }
    }

    private mutating func add(_ file: SourceFile, path: String, _ name: [UInt8]) throws {
      try left.take(name, size: file.size)
      left.state?.add(file.status, path)
      entries.append(ChartEntry(name: PathBytes.text(name), bytes: withoutMark(try file.contents())))
    }
  }

  /// The names in a directory, in byte order, with the kind of file each is. The directory must not be a link.
  private static func names(in path: String) throws -> (names: [(name: [UInt8], kind: mode_t)], OpenedDirectory) {
    let directory = try OpenFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) { number in
      switch number {
      case ENOENT: ArchiveError.vanished(path: path)
      case ENOTDIR, ELOOP: ArchiveError.changed(path: path)
      default: ArchiveError.unreadable(path: path, errno: number)
      }
    }
    guard let stream = fdopendir(directory.take()) else { throw ArchiveError.unreadable(path: path, errno: errno) }
    let opened = OpenedDirectory(stream)
    var names: [(name: [UInt8], kind: mode_t)] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: UInt8.self, capacity: 256) {
          Array(UnsafeBufferPointer(start: $0, count: strnlen($0, 256)))
        }
      }
      if name == [0x2E] || name == [0x2E, 0x2E] { continue }
      // What the directory says of it saves a question; not every file system says it.
      var kind = mode_t(entry.pointee.d_type) << 12
      if kind == 0 {
        var status = stat()
        guard lstat(path + "/" + PathBytes.text(name), &status) == 0 else {
          throw ArchiveError.vanished(path: path + "/" + PathBytes.text(name))
        }
        kind = status.st_mode & S_IFMT
      }
      names.append((name, kind))
      errno = 0
    }
    guard errno == 0 else { throw ArchiveError.unreadable(path: path, errno: errno) }
    names.sort { $0.name.lexicographicallyPrecedes($1.name) }
    return (names, opened)
  }

  private final class OpenedDirectory {
    private let stream: OpaquePointer
    var descriptor: Int32 { dirfd(stream) }

    init(_ stream: OpaquePointer) { self.stream = stream }
    deinit { closedir(stream) }

    func status() -> stat {
      var status = stat()
      return fstat(descriptor, &status) == 0 ? status : stat()
    }
  }

  /// The files of an archive, in its order, without its first directory.
  static func of(archive reader: TarReader, path: String, _ left: inout ChartBudget) throws -> [ChartEntry] {
    var entries: [ChartEntry] = []
    while let member = try reader.next() {
      try left.take(member.path, size: member.size)
      func hostile(_ reason: String) -> ChartError {
        .hostile(path: path, member: PathBytes.text(member.path), reason: reason)
      }
      switch member.kind {
      case .directory: continue
      case .file: break
      case .link, .hardLink: throw hostile("it is a link")
      case .other: throw hostile("it is neither a file nor a directory")
      }
      guard let name = String(validating: member.path, as: UTF8.self) else { throw hostile("its name is not UTF-8") }
      let relative = try inside(name, hostile)
      var bytes = [UInt8](repeating: 0, count: member.size)
      try reader.data { piece, offset in
        bytes.withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[offset...]).copyMemory(from: piece) }
      }
      entries.append(ChartEntry(name: relative, bytes: withoutMark(bytes)))
    }
    guard !entries.isEmpty else { throw ChartError.notAChart(path: path) }
    return entries
  }

  /// The path below the archive's first directory. It has no part that could lead anywhere else; names made on Windows
  /// have `\` between the parts.
  private static func inside(_ name: String, _ hostile: (String) -> ChartError) throws(ChartError) -> String {
    let slash: UInt8 = name.utf8.contains(UInt8(ascii: "\\")) ? UInt8(ascii: "\\") : UInt8(ascii: "/")
    let parts = name.utf8.split(separator: slash, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard parts[0] != "", !name.hasPrefix("/") else { throw hostile("its path is absolute") }
    guard parts.count > 1 else { throw hostile("it is not in a directory of the chart's name") }
    let inner = parts.dropFirst().filter { $0 != "." && $0 != "" }
    guard !parts.contains("..") else { throw hostile("its path leads out of the chart") }
    guard !inner.isEmpty else { throw hostile("it is not in a directory of the chart's name") }
    guard !inner.contains(where: { $0.utf8.contains(UInt8(ascii: "/")) }) else {
      throw hostile("its name has both kinds of slashes")
    }
    let first = Array(inner[0].utf8)
    guard !(first.count > 1 && first[1] == UInt8(ascii: ":")) else { throw hostile("its path begins with a drive") }
    guard !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw hostile("its name has control characters")
    }
    return inner.joined(separator: "/")
  }

  private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }
}
