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
  private final class Partial {
    let file: OpenFile
    let path: String, final: String, size: Int
    var done = 0, hash = SHA256()

    init(_ file: consuming OpenFile, path: String, final: String, size: Int) {
      self.file = file
      (self.path, self.final, self.size) = (path, final, size)
    }

    /// Starts over with an empty file.
    func empty() throws(ArchiveError) {
      guard ftruncate(file.descriptor, 0) == 0, lseek(file.descriptor, 0, SEEK_SET) == 0 else {
        throw .cannotWrite(path: path, errno: errno)
      }
      (done, hash) = (0, SHA256())
    }
  }

  private let contexts: String, charts: String, incoming: String
  private var partials: [String: Partial] = [:]

  public init(_ home: Home) throws {
    contexts = try TarballCache.contexts(home).directory
    charts = try TarballCache.charts(home).directory
    let partials = try home.cache("incoming", kept: 0, idle: 86_400)
    incoming = partials.directory
    // Payloads not resumed within a day.
    partials.sweep()
  }

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
      // Mark it as used for pruning; but rarely, because the process that packed it recognizes it by its times.
      if status.st_mtim.tv_sec < time(nil) - 1_800 { utimensat(AT_FDCWD, final, nil, 0) }
      return nil
    }
    if case .chart = kind { try Files.makeDirectories(String(final[..<final.lastIndex(of: "/")!]), mode: 0o700) }
    if let partial = partials[digest] { return partial.done }

    let path = incoming + "/" + digest.dropFirst(7)
    let file = try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600) {
      ArchiveError.cannotWrite(path: path, errno: $0)
    }
    let partial: Partial
    if file.tryLock(), Intake.isStill(file, path) {
      partial = Partial(file, path: path, final: final, size: size)
    } else {
      // Another process is receiving the same payload.
      let own = try Temporary.file(beside: path)
      let path = own.path
      partial = Partial(own.open(), path: path, final: final, size: size)
    }
    try Intake.resume(partial)
    partials[digest] = partial
    // It may be complete already, if the process ended right after the last byte.
    return partial.done == size ? try finish(digest) ? nil : 0 : partial.done
  }

  /// Appends the next bytes. Returns true when the payload is complete and in its place.
  /// - Throws: ``ArchiveError/payloadDiffers(path:)`` if it does not match its digest; what was received is discarded.
  public func receive(_ digest: String, at offset: Int, _ bytes: [UInt8]) throws -> Bool {
    guard let partial = partials[digest], offset == partial.done, bytes.count <= partial.size - offset else {
      throw ArchiveError.payloadDiffers(path: digest)
    }
    do { try partial.file.write(bytes) } catch { throw ArchiveError.cannotWrite(path: incoming, errno: error.number) }
    partial.hash.update(bytes)
    partial.done += bytes.count
    guard partial.done == partial.size else { return false }
    guard try finish(digest) else { throw ArchiveError.payloadDiffers(path: digest) }
    return true
  }

  /// Moves a complete payload to its place. False if its digest is wrong; receiving then starts over.
  private func finish(_ digest: String) throws -> Bool {
    guard let partial = partials[digest] else { return false }
    var hash = partial.hash
    guard "sha256:" + hash.finish() == digest else {
      try partial.empty()
      return false
    }
    guard rename(partial.path, partial.final) == 0 else {
      throw ArchiveError.cannotWrite(path: partial.final, errno: errno)
    }
    Temporary.forget(partial.path)
    partials[digest] = nil
    return true
  }

  private static func resume(_ partial: Partial) throws {
    try partial.file.pieces({ ArchiveError.unreadable(path: partial.path, errno: $0) }) { bytes in
      partial.hash.update(bytes)
      partial.done += bytes.count
    }
    if partial.done > partial.size { try partial.empty() }
  }

  /// Whether the locked file still has its name: its previous owner may have renamed it meanwhile.
  private static func isStill(_ file: borrowing OpenFile, _ path: String) -> Bool {
    var named = stat()
    guard let open = try? file.status() else { return false }
    return lstat(path, &named) == 0 && open.st_ino == named.st_ino && open.st_dev == named.st_dev
  }
}
