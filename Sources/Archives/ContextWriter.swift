import Glibc

/// Walks an application's directory and writes what Docker would send of it into a tarball, its digest into a ``TreeDigest``.
/// Each file is read once, and no more is held in memory than the names of the directories on the way down.
final class ContextWriter {
  private let ignore: DockerIgnore
  /// Sent whatever is ignored: the Dockerfile and the ignore file.
  private let always: [[UInt8]]
  private let root: String
  private let writer: TarWriter
  private let warn: (String) -> Void
  private(set) var tree = TreeDigest()
  private var frames: [Frame] = []
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 4_096)

  private struct Frame {
    let directory: SourceDirectory
    /// Relative, without a slash at the end; empty at the top.
    let path: [UInt8]
    let matches: DockerIgnore.Matches
    /// An ignored directory is sent only when something in it is.
    var isSent: Bool
  }

  init(root: String, ignore: DockerIgnore, always: [[UInt8]], writer: TarWriter, warn: @escaping (String) -> Void) {
    self.root = root
    self.ignore = ignore
    self.always = always
    self.writer = writer
    self.warn = warn
  }

  deinit { buffer.deallocate() }

  func run() throws {
    let top = try SourceDirectory(Array(root.utf8), in: AT_FDCWD, path: root)
    frames = [Frame(directory: top, path: [], matches: DockerIgnore.Matches(), isSent: true)]
    while let frame = frames.last {
      guard let name = frame.directory.next() else {
        frames.removeLast()
        continue
      }
      try visit(name, in: frame)
    }
  }

  private func visit(_ name: [UInt8], in frame: Frame) throws {
    let path = frame.path.isEmpty ? name : frame.path + [UInt8(ascii: "/")] + name
    let (matched, matches) = try ignore.ignores(path, in: frame.matches)
    let ignored = matched && !always.contains(path)
    var status = stat()
    guard withCString(name, { fstatat(frame.directory.descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
      if ignored { return }
      throw errno == ENOENT ? ArchiveError.vanished(path: full(path)) : .unreadable(path: full(path), errno: errno)
    }
    switch status.st_mode & S_IFMT {
    case Glibc.S_IFDIR:
      if ignored, !ignore.mayHoldExceptions(under: path), !always.contains(where: { $0.starts(with: path + [UInt8(ascii: "/")]) }) { return }
      let directory = try SourceDirectory(name, in: frame.directory.descriptor, path: full(path))
      frames.append(Frame(directory: directory, path: path, matches: matches, isSent: false))
      if !ignored { try sendDirectories() }
    case _ where ignored: return
    case Glibc.S_IFREG: try sendFile(name, path, in: frame.directory)
    case Glibc.S_IFLNK:
      let target = try frame.directory.target(of: name, size: Int(status.st_size), path: full(path))
      try sendDirectories()
      try writer.begin(path, .link(to: target), mode: 0o777)
      tree.link(path, to: target)
    default: warn("'\(full(path))' is no file, directory or link, and is left out")
    }
  }

  private func sendFile(_ name: [UInt8], _ path: [UInt8], in directory: SourceDirectory) throws {
    let file = try SourceFile(name, in: directory.descriptor, path: full(path))
    try sendDirectories()
    try writer.begin(path, .file(size: file.size), mode: file.mode)
    var hash = SHA256()
    try file.read(by: buffer) { bytes in
      hash.update(bytes)
      try writer.data(bytes)
    }
    tree.file(path, mode: file.mode, content: hash.finish())
  }

  /// The directories on the way down that have not been sent yet.
  private func sendDirectories() throws {
    guard let first = frames.firstIndex(where: { !$0.isSent }) else { return }
    for index in first..<frames.count {
      frames[index].isSent = true
      let mode = frames[index].directory.status.st_mode & 0o7777
      try writer.begin(frames[index].path, .directory, mode: mode)
      tree.directory(frames[index].path, mode: mode)
    }
  }

  private func full(_ path: [UInt8]) -> String { root + "/" + PathBytes.text(path) }
}
