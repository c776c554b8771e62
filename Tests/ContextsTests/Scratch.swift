import Command
import Glibc

@testable import Archives

/// A temporary directory, removed with the value.
final class Scratch {
  let path: String

  init() throws { path = try Temporary.directory(in: environmentVariable("TMPDIR") ?? "/tmp") }
  deinit { Temporary.remove(path) }

  func write(_ name: String, _ text: String) throws {
    let full = path + "/" + name
    try Files.makeDirectories(String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)]))
    try Files.write(Array(text.utf8), to: full)
  }

  /// Writes a tar archive of the given members.
  func tar(_ name: String, gzip: Bool = false, _ body: (TarWriter) throws -> Void) throws -> String {
    var bytes: [UInt8] = []
    let writer = try TarWriter(seconds: 7, gzip: gzip) { bytes += $0 }
    try body(writer)
    try writer.finish()
    try Files.write(bytes, to: path + "/" + name)
    return path + "/" + name
  }

  func directory(_ name: String) throws -> String {
    try Files.makeDirectories(path + "/" + name)
    return path + "/" + name
  }
}

extension TarWriter {
  func file(_ path: String, _ text: String, mode: mode_t = 0o644) throws {
    try begin(Array(path.utf8), .file(size: text.utf8.count), mode: mode)
    try Array(text.utf8).withUnsafeBytes { try data($0) }
  }

  func link(_ path: String, to target: String) throws {
    try begin(Array(path.utf8), .link(to: Array(target.utf8)), mode: 0o777)
  }
  func directory(_ path: String, mode: mode_t = 0o755) throws { try begin(Array(path.utf8), .directory, mode: mode) }
}
