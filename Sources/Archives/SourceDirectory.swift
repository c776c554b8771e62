import Command
import Glibc

/// An open directory of a tree being walked, with its names in byte order.
///
/// Trees are walked by descriptors: a path may be longer than the system accepts at once, and a directory that is
/// replaced by a link meanwhile must not lead out of the tree.
package final class SourceDirectory {
  private let opened: OpenFile
  package var descriptor: Int32 { opened.descriptor }
  let status: stat
  private(set) var names: ArraySlice<[UInt8]>

  /// Opens a directory of the tree; `path` is for messages.
  package init(_ name: [UInt8], in parent: Int32, path: String) throws(ArchiveError) {
    let opened: OpenFile
    do { opened = try SourceDirectory.open(name, in: parent) } catch {
      switch error.number {
      case ENOENT: throw .vanished(path: path)
      case ENOTDIR, ELOOP: throw .changed(path: path)
      case let number: throw .unreadable(path: path, errno: number)
      }
    }
    do { status = try opened.status() } catch { throw .unreadable(path: path, errno: error.number) }
    // fdopendir takes ownership of the descriptor and moves its offset, so pass a duplicate.
    let copy = dup(opened.descriptor)
    guard copy >= 0, let stream = fdopendir(copy) else { throw .unreadable(path: path, errno: errno) }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: UInt8.self, capacity: 256) {
          Array(UnsafeBufferPointer(start: $0, count: strnlen($0, 256)))
        }
      }
      if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw .unreadable(path: path, errno: errno) }
    names.sort { $0.lexicographicallyPrecedes($1) }
    self.opened = opened
    self.names = names[...]
  }

  private static func open(_ name: [UInt8], in parent: Int32) throws(Errno) -> OpenFile {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
    do { return try OpenFile(name, flags, in: parent) } catch {
      guard error.number == EMFILE, raiseLimit() else { throw error }
      return try OpenFile(name, flags, in: parent)
    }
  }

  /// The next name; nil at the end.
  package func next() -> [UInt8]? { names.popFirst() }

  /// The target of a symbolic link.
  func target(of name: [UInt8], size: Int, path: String) throws(ArchiveError) -> [UInt8] {
    // No system has longer targets, whatever the file system reports.
    var target = [UInt8](repeating: 0, count: min(max(size, 255), 65_535) + 1)
    let count = withCString(name) { name in
      target.withUnsafeMutableBytes {
        readlinkat(descriptor, name, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
      }
    }
    guard count >= 0 else {
      throw errno == ENOENT
        ? .vanished(path: path) : errno == EINVAL ? .changed(path: path) : .unreadable(path: path, errno: errno)
    }
    guard count < target.count else { throw .changed(path: path) }
    return Array(target[..<count])
  }

  /// A very deep tree, or many parts at once, can need more descriptors than a shell allows by default.
  @discardableResult package static func raiseLimit() -> Bool {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else {
      return false
    }
    limit.rlim_cur = limit.rlim_max
    return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
  }
}
