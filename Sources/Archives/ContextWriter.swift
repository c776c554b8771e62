import Glibc

/// Writes what a walk comes to into a tarball, its digest into a ``TreeDigest`` and its facts into a ``TreeMemory``. Each file is
/// read once.
final class ContextWriter: ContextVisitor {
  private let root: String
  private let writer: TarWriter
  private(set) var tree = TreeDigest()
  private(set) var memory: TreeMemory
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 4_096)

  /// - Parameter now: seconds since 1970, before the first file is read.
  init(root: String, writer: TarWriter, now: Int) {
    self.root = root
    self.writer = writer
    memory = TreeMemory(now: now)
  }

  deinit { buffer.deallocate() }

  func directory(_ path: [UInt8], mode: mode_t) throws {
    try writer.begin(path, .directory, mode: mode)
    tree.directory(path, mode: mode)
    memory.directory(path, mode: mode)
  }

  func link(_ path: [UInt8], to target: [UInt8]) throws {
    try writer.begin(path, .link(to: target), mode: 0o777)
    tree.link(path, to: target)
    memory.link(path, to: target)
  }

  func file(_ path: [UInt8], _ status: stat, name: [UInt8], in directory: SourceDirectory) throws {
    let file = try SourceFile(name, in: directory.descriptor, path: root + "/" + PathBytes.text(path))
    try writer.begin(path, .file(size: file.size), mode: file.mode)
    var hash = SHA256()
    try file.read(by: buffer) { bytes in
      hash.update(bytes)
      try writer.data(bytes)
    }
    let content = hash.finish()
    tree.file(path, mode: file.mode, content: content)
    memory.file(path, file.status, content: content)
  }
}
