import Archives
import Command
import Glibc
import OCI
import Records
import Settings

/// Receives payloads from another machine into the caches of those packed here. Each is stored under its digest,
/// verified while it arrives, and renamed into place when complete. Interrupted ones stay in `cache/incoming` for a
/// day, to be resumed.
public final class Intake {
  /// The kind of a payload, which determines its place.
  public enum Kind: Equatable, Sendable { case context, index, chart(file: String) }

  /// A payload being received.
  private struct Partial {
    let descriptor: Int32, path: String, final: String
    let size: Int
    var done: Int
    var hash: SHA256
  }

  private let contexts: String, charts: String, incoming: String
  private var partials: [String: Partial] = [:]

  public init(_ home: Home) throws {
    contexts = try TarballCache.contexts(home).directory
    charts = try TarballCache.charts(home).directory
    incoming = try home.directory("cache/incoming")
    sweep()
  }

  deinit { for partial in partials.values { close(partial.descriptor) } }

  /// The path of the payload, whether or not it is there. The digest must be valid: see ``isDigest(_:)``.
  public func path(_ digest: String, _ kind: Kind) -> String {
    let hex = digest.dropFirst(7)
    return switch kind {
    case .context: "\(contexts)/sha256/\(hex).tar"
    case .index: "\(contexts)/sha256/\(hex).json"
    case .chart(let file): "\(charts)/sha256/\(hex)/\(file)"
    }
  }

  public static func isDigest(_ text: String) -> Bool { Contexts.isDigest(text) }

  /// The offset from which the payload is needed; nil if it is here.
  public func needed(_ digest: String, size: Int, _ kind: Kind) throws -> Int? {
    let final = path(digest, kind)
    var status = stat()
    if lstat(final, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG, Int(status.st_size) == size {
      // Mark it as used for pruning; but rarely, because whoever packed it recognizes it by its times.
      if status.st_mtim.tv_sec < time(nil) - 1_800 { utimensat(AT_FDCWD, final, nil, 0) }
      return nil
    }
    if case .chart = kind { try Files.makeDirectories(String(final[..<final.lastIndex(of: "/")!]), mode: 0o700) }
    if let partial = partials[digest] { return partial.done }

    var path = incoming + "/" + digest.dropFirst(7)
    var descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw ArchiveError.cannotWrite(path: path, errno: errno) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 || !Intake.isStill(descriptor, path) {
      // Another process is receiving the same payload.
      close(descriptor)
      (descriptor, path) = try Temporary.file(beside: path)
    }
    var partial = Partial(descriptor: descriptor, path: path, final: final, size: size, done: 0, hash: SHA256())
    try Intake.resume(&partial)
    partials[digest] = partial
    // It may be complete already, if the process ended right after the last byte.
    return partial.done == size ? try finish(digest) ? nil : 0 : partial.done
  }

  /// Appends the next bytes. Returns true when the payload is complete and in its place.
  /// - Throws: ``ArchiveError/payloadDiffers(path:)`` if it does not match its digest; what was received is discarded.
  public func receive(_ digest: String, at offset: Int, _ bytes: [UInt8]) throws -> Bool {
    guard var partial = partials[digest], offset == partial.done, bytes.count <= partial.size - offset else { throw ArchiveError.payloadDiffers(path: digest) }
    do { try writeAll(bytes, to: partial.descriptor) } catch { throw ArchiveError.cannotWrite(path: incoming, errno: error.errno) }
    partial.hash.update(bytes)
    partial.done += bytes.count
    partials[digest] = partial
    guard partial.done == partial.size else { return false }
    guard try finish(digest) else { throw ArchiveError.payloadDiffers(path: digest) }
    return true
  }

  /// Moves a complete payload to its place. False if its digest is wrong; receiving then starts over.
  private func finish(_ digest: String) throws -> Bool {
    guard var partial = partials[digest] else { return false }
    guard "sha256:" + partial.hash.finish() == digest else {
      partial.hash = SHA256()
      partial.done = 0
      guard ftruncate(partial.descriptor, 0) == 0, lseek(partial.descriptor, 0, SEEK_SET) == 0 else { throw ArchiveError.cannotWrite(path: partial.path, errno: errno) }
      partials[digest] = partial
      return false
    }
    guard rename(partial.path, partial.final) == 0 else { throw ArchiveError.cannotWrite(path: partial.final, errno: errno) }
    Temporary.forget(partial.path)
    close(partial.descriptor)
    partials[digest] = nil
    return true
  }

  private static func resume(_ partial: inout Partial) throws {
    var chunk = [UInt8](repeating: 0, count: 262_144)
    while true {
      let count = read(partial.descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ArchiveError.unreadable(path: partial.path, errno: errno) }
      if count == 0 { break }
      chunk.withUnsafeBytes { partial.hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      partial.done += count
    }
    guard partial.done > partial.size else { return }
    guard ftruncate(partial.descriptor, 0) == 0, lseek(partial.descriptor, 0, SEEK_SET) == 0 else { throw ArchiveError.cannotWrite(path: partial.path, errno: errno) }
    partial.done = 0
    partial.hash = SHA256()
  }

  /// Whether the locked file still has its name: its previous owner may have renamed it meanwhile.
  private static func isStill(_ descriptor: Int32, _ path: String) -> Bool {
    var open = stat(), named = stat()
    return fstat(descriptor, &open) == 0 && lstat(path, &named) == 0 && open.st_ino == named.st_ino && open.st_dev == named.st_dev
  }

  /// Removes payloads not resumed within a day.
  private func sweep() {
    for name in (try? Files.list(incoming)) ?? [] {
      let path = incoming + "/" + name
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mtim.tv_sec < time(nil) - 86_400 else { continue }
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }
}
