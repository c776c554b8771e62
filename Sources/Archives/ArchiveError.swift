import Glibc

/// What can be wrong with a tree, an ignore file, an archive or the cache. Messages: `ArchiveError+Diagnosis.swift`.
public enum ArchiveError: Error, Equatable, Sendable {
  case noDockerfile(name: String, directory: String)
  /// A path in the settings leads out of the application's directory.
  case outside(setting: String, path: String, directory: String)
  /// A file was changed or removed while it was being read.
  case changed(path: String)
  case vanished(path: String)
  case unreadable(path: String, errno: Int32)
  /// A file with terabytes of holes.
  case holes(path: String)
  case badPattern(file: String, line: Int, pattern: String, reason: String)
  /// `line` is 0 if no single line is at fault.
  case badChart(file: String, line: Int, reason: String)
  /// A link, FIFO, socket or device that cannot be part of a chart.
  case notForChart(path: String, reason: String)
  case badSourceDate(String)
  /// Not a tar archive, or a damaged one.
  case badArchive(path: String, reason: String)
  /// A member outside the directory it is unpacked into, or not a file, directory or link.
  case hostileMember(archive: String, member: String, reason: String)
  case cannotWrite(path: String, errno: Int32)
  case payloadMissing(path: String, errno: Int32)
  case payloadDiffers(path: String)

  /// Whether a file of the caches or its directory has been deleted, and can be made again.
  public var isLoss: Bool {
    switch self {
    case .payloadMissing, .payloadDiffers: true
    case .cannotWrite(_, let number): number == ENOENT || number == ENOTDIR
    default: false
    }
  }
}
