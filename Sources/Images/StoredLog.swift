import CSystem
import Command
import Records
import Settings

/// A build log in the draft home.
public struct StoredLog: Sendable, Equatable {
  /// The build's id: the image's tag.
  public var build: String
  /// The absolute path of the file.
  public var path: String

  /// Finds the log of a build.
  /// - Parameter build: its id or a unique prefix; nil means the last one.
  /// - Throws: ``StoredLogError``.
  public init(of app: String, build: String?, home: Home) throws {
    let directory = "\(home.path)/logs/\(app)"
    let builds = ((try? Files.list(directory)) ?? []).filter(StoredLog.isBuild)
    guard let build else {
      var newest: (build: String, time: Int64)?
      for build in builds {
        var written: Int64 = 0, changed: Int64 = 0
        guard csystem_mtime_nanoseconds("\(directory)/\(build)", &written, &changed) == 0 else { continue }
        if newest.map({ written > $0.time }) ?? true { newest = (build, written) }
      }
      guard let newest else { throw StoredLogError.none(app: app) }
      self.init(build: newest.build, path: "\(directory)/\(newest.build)")
      return
    }
    let found = builds.contains(build) ? [build] : builds.filter { $0.hasPrefix(build) && !build.isEmpty }
    guard let first = found.first else { throw StoredLogError.unknown(build: build, app: app) }
    guard found.count == 1 else { throw StoredLogError.several(build: build, app: app) }
    self.init(build: first, path: "\(directory)/\(first)")
  }

  private init(build: String, path: String) {
    self.build = build
    self.path = path
  }

  private static func isBuild(_ name: String) -> Bool {
    name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
  }

  /// The builder's output, or its last lines.
  public func text(lastLines: Int? = nil) throws -> [UInt8] {
    let bytes = try Files.read(path, limit: 1 << 30)
    guard let lastLines else { return bytes }
    var start = bytes.endIndex, left = lastLines
    if bytes.last == 0x0A { start -= 1 }
    while left > 0, start > 0 {
      guard let feed = bytes[..<start].lastIndex(of: 0x0A) else { return bytes }
      start = feed
      left -= 1
    }
    if lastLines == 0 { return [] }
    return start == 0 && left > 0 ? bytes : Array(bytes[(start + 1)...])
  }
}

/// Why there is no such log.
public enum StoredLogError: Error, Equatable, Sendable {
  case none(app: String)
  case unknown(build: String, app: String)
  case several(build: String, app: String)
}
