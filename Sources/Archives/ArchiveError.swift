import Glibc

/// What can be wrong with a tree, an ignore file, an archive or the cache. The sentences are in `ArchiveError+Diagnosis.swift`.
public enum ArchiveError: Error, Equatable, Sendable {
  case noDockerfile(name: String, directory: String)
  /// A path of the settings that leads out of the application's directory.
  case outside(setting: String, path: String, directory: String)
  /// A file was written to, or went away, while it was being read.
  case changed(path: String)
  case vanished(path: String)
  case unreadable(path: String, errno: Int32)
  /// A file that is terabytes of nothing.
  case holes(path: String)
  case badPattern(file: String, line: Int, pattern: String, reason: String)
  /// `line` is 0 where no line is to blame.
  case badChart(file: String, line: Int, reason: String)
  /// A link, FIFO, socket or device that has no place in a chart.
  case notForChart(path: String, reason: String)
  case badSourceDate(String)
  /// No tar archive, or a broken one.
  case badArchive(path: String, reason: String)
  /// A member that would land outside of the directory it is unpacked into, or is no file, directory or link.
  case hostileMember(archive: String, member: String, reason: String)
  case cannotWrite(path: String, errno: Int32)
  case payloadMissing(path: String, errno: Int32)
  case payloadDiffers(path: String)

  /// Whether a file of the caches, or the place for one, is not there any more: it can be made again.
  public var isLoss: Bool {
    switch self {
    case .payloadMissing, .payloadDiffers: true
    case .cannotWrite(_, let number): number == ENOENT || number == ENOTDIR
    default: false
    }
  }
}
