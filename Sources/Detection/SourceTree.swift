import CSystem
import Command
import Glibc
import Records

/// An application's own files: not those that are vendored, generated, hidden, or behind links.
///
/// The walk goes level by level, so that the limit cuts off the deepest files; each level is in byte order, so that the
/// same tree gives the same result. Symbolic links are not followed, so there are no loops, and only regular files are
/// opened.
struct SourceTree {
  struct File {
    /// Relative to the root, with slashes.
    var path: String
    var size: Int
    var name: Substring { path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...] }
  }

  let root: String
  private(set) var files: [File] = []
  /// The names of the regular files in the top directory, manifests included.
  private(set) var top: Set<String> = []
  /// Whether the tree was too large to be read completely.
  private(set) var isPartial = false

  static let entryLimit = 100_000
  static let depthLimit = 24

  init(_ root: String, table: LanguageTable) throws {
    self.root = root
    var level = [""]
    var seen = 0
    for depth in 0..<SourceTree.depthLimit where !level.isEmpty {
      var next: [String] = []
      for directory in level {
        guard seen < SourceTree.entryLimit else { isPartial = true; return }
        let path = directory.isEmpty ? root : "\(root)/\(directory)"
        let names: [String]
        // Subdirectories may belong to another user; skip what cannot be read there.
        do { names = try SourceTree.list(path, limit: SourceTree.entryLimit - seen) } catch {
          if depth == 0 { throw error }; continue
        }
        seen += names.count
        for name in names where !name.hasPrefix(".") {
          var status = stat()
          guard lstat("\(path)/\(name)", &status) == 0 else { continue }
          let relative = directory.isEmpty ? name : "\(directory)/\(name)"
          switch status.st_mode & S_IFMT {
          case Glibc.S_IFDIR:
            if table.pruned.contains(name) || (depth == 0 && table.prunedAtTop.contains(name)) { continue }
            // A virtual environment can have any name.
            if access("\(path)/\(name)/pyvenv.cfg", F_OK) == 0 { continue }
            next.append(relative)
          case Glibc.S_IFREG:
            if depth == 0 { top.insert(name) }
            files.append(File(path: relative, size: Int(status.st_size)))
          default: continue
          }
        }
      }
      level = next
    }
    if !level.isEmpty { isPartial = true }
  }

  private static func list(_ path: String, limit: Int) throws -> [String] {
    let file = try OpenFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) {
      SystemError("cannot read directory '\(path)'", $0)
    }
    guard let directory = fdopendir(file.take()) else { throw SystemError("cannot read directory '\(path)'", errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while names.count < limit, let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.append(name)
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether the top directory has a regular file of that name; it may be hidden, but not a link.
  func has(_ name: String) -> Bool {
    if top.contains(name) { return true }
    var status = stat()
    return name.hasPrefix(".") && lstat("\(root)/\(name)", &status) == 0 && status.st_mode & S_IFMT == Glibc.S_IFREG
  }

  /// The first bytes of a file; empty if it is not a regular file or cannot be read. Never blocks, even on a FIFO.
  func head(_ path: String, _ count: Int = 65_536) -> [UInt8] {
    guard let file = try? OpenFile("\(root)/\(path)", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY),
      let status = try? file.status(),
      status.st_mode & S_IFMT == Glibc.S_IFREG
    else { return [] }
    var bytes = [UInt8](repeating: 0, count: max(0, min(count, Int(status.st_size))))
    let filled = bytes.withUnsafeMutableBytes { (try? file.fill($0)) ?? 0 }
    return Array(bytes[..<filled])
  }

  func text(_ path: String) -> String { String(decoding: head(path, 1 << 20), as: UTF8.self) }

  /// The lines of a file without the line feed, and without a byte order mark.
  func lines(_ path: String, _ count: Int = 1 << 20) -> [Substring] {
    let bytes = head(path, count)
    return String(decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...], as: UTF8.self).allLines
  }
}
