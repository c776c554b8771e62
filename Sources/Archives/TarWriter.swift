import CArchive
import Glibc

/// Writes a tar archive as a stream, by libarchive, in the GNU format: it keeps names as bytes, of any length, and
/// allows files of 8 GB and more. In pax headers a name is text, and libarchive composes text when reading: `e` with a
/// combining accent, as macOS writes it, would become another name. Owners are numeric.
public final class TarWriter {
  public enum Kind { case file(size: Int), directory, link(to: [UInt8]) }

  private let archive: OpaquePointer
  private let entry: OpaquePointer
  private let seconds: Int
  private let receiver: Receiver

  private final class Receiver {
    private let write: (UnsafeRawBufferPointer) throws -> Void
    /// The last bytes, held back until it is known whether they are the end marks; nil to write those too.
    private var held: [UInt8]?
    var failure: (any Error)?

    init(endMarks: Bool, _ write: @escaping (UnsafeRawBufferPointer) throws -> Void) {
      held = endMarks ? nil : []
      self.write = write
    }

    func take(_ bytes: UnsafeRawBufferPointer) throws {
      guard let before = held else { return try write(bytes) }
      let kept = min(Receiver.marks, bytes.count)
      let rest = before + bytes.suffix(kept)
      let surplus = rest.count - Receiver.marks
      if surplus > 0 {
        // The held bytes come before the new ones.
        try before.prefix(surplus).withUnsafeBytes { if $0.count > 0 { try write($0) } }
      }
      if bytes.count > kept { try write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - kept)])) }
      held = Array(rest.suffix(Receiver.marks))
    }

    /// Two blocks of zeros, in bytes.
    private static let marks = 1_024
  }

  /// - Parameters:
  ///   - seconds: the modification time of members without one of their own.
  ///   - gzip: compresses, without name and time in the gzip header.
  ///   - endMarks: false for a part that another one follows.
  ///   - write: receives the archive's bytes, in order.
  public init(seconds: Int, gzip: Bool, endMarks: Bool = true, write: @escaping (UnsafeRawBufferPointer) throws -> Void)
    throws(ArchiveError)
  {
    Locale.use()
    guard let archive = archive_write_new(), let entry = archive_entry_new() else {
      throw .cannotWrite(path: "archive", errno: ENOMEM)
    }
    self.archive = archive
    self.entry = entry
    self.seconds = seconds
    receiver = Receiver(endMarks: endMarks, write)
    archive_write_set_format_gnutar(archive)
    if gzip {
      archive_write_add_filter_gzip(archive)
      archive_write_set_filter_option(archive, "gzip", "timestamp", nil)
    }
    archive_write_set_bytes_per_block(archive, 65_536)
    archive_write_set_bytes_in_last_block(archive, 1)
    let callback: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> Int = {
      _, context, bytes, count in
      guard let context, let bytes else { return -1 }
      let receiver = Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue()
      do {
        try receiver.take(UnsafeRawBufferPointer(start: bytes, count: count))
        return count
      } catch {
        receiver.failure = error
        return -1
      }
    }
    archive_write_open(archive, Unmanaged.passUnretained(receiver).toOpaque(), nil, callback, nil)
  }

  deinit {
    archive_entry_free(entry)
    // Otherwise an unfinished member would be padded with zeros, terabytes of them if it is that large.
    archive_write_fail(archive)
    archive_write_free(archive)
  }

  /// Begins a member. After a file, exactly its size must follow through ``data(_:)``.
  /// - Parameters:
  ///   - mode: the permission bits.
  ///   - user: the numeric owner; `group` is the group.
  ///   - own: its modification time.
  public func begin(
    _ path: [UInt8], _ kind: Kind, mode: mode_t, user: Int = 0, group: Int = 0, seconds own: Int? = nil
  ) throws {
    archive_entry_clear(entry)
    archive_entry_set_uid(entry, Int64(user))
    archive_entry_set_gid(entry, Int64(group))
    withCString(path) { archive_entry_copy_pathname(entry, $0) }
    archive_entry_set_mtime(entry, time_t(own ?? seconds), 0)
    switch kind {
    case .file(let size):
      archive_entry_set_mode(entry, Glibc.S_IFREG | mode)
      archive_entry_set_size(entry, Int64(size))
    case .directory:
      archive_entry_set_mode(entry, Glibc.S_IFDIR | mode)
      archive_entry_set_size(entry, 0)
    case .link(let target):
      archive_entry_set_mode(entry, Glibc.S_IFLNK | 0o777)
      archive_entry_set_size(entry, 0)
      withCString(target) { archive_entry_copy_symlink(entry, $0) }
    }
    // A name that is not UTF-8 is written as its bytes, with a warning that can be ignored.
    let result = archive_write_header(archive, entry)
    if result != ARCHIVE_OK, result != ARCHIVE_WARN { throw failure(path) }
  }

  /// Writes more of the current file's content.
  public func data(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let count = archive_write_data(archive, bytes.baseAddress! + done, bytes.count - done)
      guard count > 0 else { throw failure([]) }
      done += count
    }
  }

  /// Ends the archive; it is incomplete without this.
  public func finish() throws { if archive_write_close(archive) != ARCHIVE_OK { throw failure([]) } }

  private func failure(_ path: [UInt8]) -> any Error {
    receiver.failure
      ?? ArchiveError.badArchive(
        path: PathBytes.text(path),
        reason: archive_error_string(archive).map { String(cString: $0) } ?? "no reason given")
  }
}

/// Calls a body with bytes as a C string; they must not contain a NUL.
package func withCString<T>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws -> T) rethrows -> T {
  try (bytes + [0]).withUnsafeBytes { try body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
}

/// libarchive converts names by the locale, and crashes on non-ASCII ones in the C locale.
enum Locale {
  private static let once: Void = {
    if setlocale(LC_CTYPE, "C.UTF-8") == nil { setlocale(LC_CTYPE, "") }
  }()

  static func use() { _ = once }
}
