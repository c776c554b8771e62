import Command
import Glibc

/// inotify(7): changes to the names in directories.
final class Inotify {
  struct Event {
    var watch: Int32
    var mask: UInt32
    /// The name in the directory; empty if the event is about the directory itself.
    var name: [UInt8]

    func has(_ flag: some BinaryInteger) -> Bool { mask & UInt32(truncatingIfNeeded: flag) != 0 }
    var isDirectory: Bool { has(IN_ISDIR) }
  }

  private let file: OpenFile
  var descriptor: Int32 { file.descriptor }
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  /// Throws ``WatchError`` if the system provides no more instances.
  init() throws(WatchError) {
    let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
    guard descriptor >= 0 else { throw errno == EMFILE ? .instanceLimit : .cannotWatch(path: "", errno: errno) }
    file = OpenFile(descriptor)
  }

  // IN_MODIFY reports writes; IN_CLOSE_WRITE would also report touch(1).
  private static let mask =
    UInt32(
      IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF
        | IN_EXCL_UNLINK)
    | UInt32(IN_ONLYDIR) | UInt32(IN_DONT_FOLLOW)

  /// Watches a directory; nil if it is not a directory, or no longer exists.
  func add(_ path: [UInt8]) throws(WatchError) -> Int32? {
    let watch = (path + [0]).withUnsafeBytes {
      inotify_add_watch(descriptor, $0.baseAddress!.assumingMemoryBound(to: CChar.self), Inotify.mask)
    }
    if watch >= 0 { return watch }
    switch errno {
    case ENOENT, ENOTDIR, ELOOP: return nil
    case ENOSPC: throw .watchLimit(path: String(decoding: path, as: UTF8.self))
    default: throw .cannotWatch(path: String(decoding: path, as: UTF8.self), errno: errno)
    }
  }

  func remove(_ watch: Int32) { inotify_rm_watch(descriptor, watch) }

  /// The events available now.
  func events() throws(WatchError) -> [Event] {
    let count = uninterrupted { read(descriptor, &buffer, buffer.count) }
    guard count >= 0 else {
      if errno == EAGAIN { return [] }
      throw .cannotWatch(path: "", errno: errno)
    }
    var events: [Event] = []
    buffer.withUnsafeBytes { bytes in
      var at = 0
      let size = MemoryLayout<inotify_event>.size
      while at + size <= count {
        let watch = bytes.loadUnaligned(fromByteOffset: at, as: Int32.self)
        let mask = bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self)
        let length = Int(bytes.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self))
        let name = bytes[(at + size)..<min(count, at + size + length)].prefix { $0 != 0 }
        events.append(Event(watch: watch, mask: mask, name: Array(name)))
        at += size + length
      }
    }
    return events
  }
}
