import Command
import Glibc
import OCI
import Records

/// A directory, which a web server may serve. Conditions are checked under a lock on the directory itself, so they hold
/// among the processes of draft.
package struct DirectoryStore: ObjectStore {
  /// Absolute.
  package let shown: String

  /// - Parameter path: made if it is missing.
  package init(_ path: String) throws {
    try Files.makeDirectories(path)
    shown = try Files.resolve(path)
  }

  package var keepsConditions: Bool? { true }
  package var noVersion: String { "" }

  package func get(_ key: String, limit: Int) throws -> StoredObject? {
    let path = address(of: key)
    guard Files.exists(path) else { return nil }
    let bytes = try Files.read(path, limit: limit)
    return StoredObject(bytes: bytes, version: "\(Digest(of: bytes))")
  }

  package func put(_ key: String, _ bytes: [UInt8], type: String, if condition: StoreCondition) throws -> Bool {
    let path = address(of: key)
    guard condition != .always else {
      try Files.write(bytes, to: path)
      return true
    }
    let directory = try OpenFile(shown, O_RDONLY | O_DIRECTORY) { SystemError("cannot open '\(shown)'", $0) }
    do { try directory.lock(LOCK_EX) } catch { throw SystemError("cannot lock '\(shown)'", error.number) }
    switch condition {
    case .always: break
    case .absent: guard !Files.exists(path) else { return false }
    case .unchanged(let version):
      guard let found = try? Files.read(path, limit: 1 << 30), "\(Digest(of: found))" == version else { return false }
    }
    try Files.write(bytes, to: path)
    return true
  }

  package func list(_ prefix: String) throws -> [String]? {
    let path = address(of: prefix)
    return Files.isDirectory(path) ? try Files.list(path) : []
  }
}
