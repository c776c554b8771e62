import CSystem
import Glibc
import Records

/// Files and directories that must not outlive the process. Removed when the command ends, by itself or by a signal; after
/// SIGKILL they stay behind under names that nobody takes for whole.
public enum Temporary {
  nonisolated(unsafe) private static var paths: Set<String> = []
  private static let lock = Lock()

  /// An open file beside `path`, to be renamed to it when whole.
  public static func file(beside path: String) throws -> (descriptor: Int32, path: String) {
    var template = Array((path + ".tmp-XXXXXX").utf8CString)
    let descriptor = csystem_mkstemp(&template)
    guard descriptor >= 0 else { throw SystemError("cannot create '\(path)'", errno, code: .cannotCreate) }
    let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    register(name)
    return (descriptor, name)
  }

  /// A fresh directory in `parent`.
  public static func directory(in parent: String) throws -> String {
    var template = Array((parent + "/tmp-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("cannot create a directory in '\(parent)'", errno, code: .cannotCreate) }
    let name = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    register(name)
    return name
  }

  public static func register(_ path: String) { _ = lock.locked { paths.insert(path) } }

  /// The path has been renamed or removed: no longer ours to remove.
  public static func forget(_ path: String) { _ = lock.locked { paths.remove(path) } }

  public static func remove(_ path: String) {
    removeTree(path)
    forget(path)
  }

  static func removeAll() {
    for path in lock.locked({ paths }) { removeTree(path) }
  }
}

/// Removes a file, or a directory with all that is in it; follows no symbolic link. What cannot be removed stays.
public func removeTree(_ path: String) {
  if unlink(path) == 0 || errno == ENOENT { return }
  guard let directory = opendir(path) else { return }
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { removeTree(path + "/" + name) }
  }
  closedir(directory)
  rmdir(path)
}
