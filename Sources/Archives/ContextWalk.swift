import Glibc

/// Receives the entries of a walk.
package protocol ContextVisitor: AnyObject {
  func directory(_ path: [UInt8], _ status: stat) throws
  func link(_ path: [UInt8], to target: [UInt8], _ status: stat) throws
  /// - Parameters:
  ///   - status: of the name, as the walk found it.
  ///   - name: the file's name in `directory`.
  func file(_ path: [UInt8], _ status: stat, name: [UInt8], in directory: SourceDirectory) throws
}

/// Walks an application's directory and visits what docker would send: a directory before its contents, names in byte
/// order. Holds no more in memory than the names in the directories on the current path.
package final class ContextWalk {
  private let ignore: DockerIgnore
  /// Paths sent even if ignored: the Dockerfile and the ignore file.
  private let always: [[UInt8]]
  private let root: String
  /// What the last run skipped, and why.
  package private(set) var warnings: [String] = []
  private var frames: [Frame] = []

  private struct Frame {
    let directory: SourceDirectory
    /// Relative, without a trailing slash; empty at the top.
    let path: [UInt8]
    let matches: DockerIgnore.Matches
    /// An ignored directory is sent only if something in it is.
    var isSent: Bool
  }

  package init(root: String, ignore: DockerIgnore, always: [[UInt8]]) {
    self.root = root
    self.ignore = ignore
    self.always = always
  }

  /// Walks the tree. Throws ``ArchiveError``, and what the visitor throws.
  package func run(_ visitor: some ContextVisitor) throws {
    warnings = []
    let top = try SourceDirectory(Array(root.utf8), in: AT_FDCWD, path: root)
    frames = [Frame(directory: top, path: [], matches: DockerIgnore.Matches(), isSent: true)]
    while let frame = frames.last {
      guard let name = frame.directory.next() else {
        frames.removeLast()
        continue
      }
      try visit(name, in: frame, visitor)
    }
  }

  private func visit(_ name: [UInt8], in frame: Frame, _ visitor: some ContextVisitor) throws {
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
      if ignored, !ignore.mayHoldExceptions(under: path),
        !always.contains(where: { $0.starts(with: path + [UInt8(ascii: "/")]) })
      {
        return
      }
      let directory = try SourceDirectory(name, in: frame.directory.descriptor, path: full(path))
      frames.append(Frame(directory: directory, path: path, matches: matches, isSent: false))
      if !ignored { try sendDirectories(visitor) }
    case _ where ignored: return
    case Glibc.S_IFREG:
      try sendDirectories(visitor)
      try visitor.file(path, status, name: name, in: frame.directory)
    case Glibc.S_IFLNK:
      let target = try frame.directory.target(of: name, size: Int(status.st_size), path: full(path))
      try sendDirectories(visitor)
      try visitor.link(path, to: target, status)
    default: warnings.append("'\(full(path))' is not a file, directory or link, and is skipped")
    }
  }

  /// Sends the directories on the current path that have not been sent yet.
  private func sendDirectories(_ visitor: some ContextVisitor) throws {
    guard let first = frames.firstIndex(where: { !$0.isSent }) else { return }
    for index in first..<frames.count {
      frames[index].isSent = true
      try visitor.directory(frames[index].path, frames[index].directory.status)
    }
  }

  private func full(_ path: [UInt8]) -> String { root + "/" + PathBytes.text(path) }
}
