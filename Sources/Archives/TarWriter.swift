import CArchive
import Glibc

/// Writes a tar archive by libarchive, as a stream, in GNU's format: names as the bytes they are, however long, and files of 8 GB
/// and more. In pax headers a name is text, and libarchive composes text when it reads it: `e` with an accent behind it, which is
/// how macOS writes it, would come out as another name. Owners are numbers.
public final class TarWriter {
  public enum Kind { case file(size: Int), directory, link(to: [UInt8]) }

  private let archive: OpaquePointer
  private let entry: OpaquePointer
  private let seconds: Int
  private let receiver: Receiver

  private final class Receiver {
    private let write: (UnsafeRawBufferPointer) throws -> Void
    /// The last bytes, kept back until it is known whether they are the end marks; nil when those are written.
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
        // What was held comes before what follows it.
        try before.prefix(surplus).withUnsafeBytes { if $0.count > 0 { try write($0) } }
      }
      if bytes.count > kept { try write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - kept)])) }
      held = Array(rest.suffix(Receiver.marks))
    }

    /// Two blocks of zeros.
    private static let marks = 1_024
  }

  /// - Parameters:
  ///   - seconds: the modification time of every member that has none of its own.
  ///   - gzip: compress, with no name and no time in the gzip header.
  ///   - endMarks: false for a part, after which another one follows.
  ///   - write: takes the archive's bytes, in order.
  public init(seconds: Int, gzip: Bool, endMarks: Bool = true, write: @escaping (UnsafeRawBufferPointer) throws -> Void) throws(ArchiveError) {
    Locale.use()
    guard let archive = archive_write_new(), let entry = archive_entry_new() else { throw .cannotWrite(path: "archive", errno: ENOMEM) }
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
    let callback: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> Int = { _, context, bytes, count in
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
    // A member that was given up would be filled up with zeros, a terabyte of them if need be.
    archive_write_fail(archive)
    archive_write_free(archive)
  }

  /// Begins a member. For a file, exactly its size has to follow by ``data(_:)``.
  /// - Parameters:
  ///   - mode: the permission bits.
  ///   - user: its owner by number, and `group` its group.
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
    // A name that is not UTF-8 is written as the bytes it is, with a warning that is of no interest.
    let result = archive_write_header(archive, entry)
    if result != ARCHIVE_OK, result != ARCHIVE_WARN { throw failure(path) }
  }

  public func data(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let count = archive_write_data(archive, bytes.baseAddress! + done, bytes.count - done)
      guard count > 0 else { throw failure([]) }
      done += count
    }
  }

  /// Ends the archive; what is not finished is not whole.
  public func finish() throws { if archive_write_close(archive) != ARCHIVE_OK { throw failure([]) } }

  private func failure(_ path: [UInt8]) -> any Error {
    receiver.failure ?? ArchiveError.badArchive(path: PathBytes.text(path), reason: archive_error_string(archive).map { String(cString: $0) } ?? "no reason given")
  }
}

package func withCString<T>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws -> T) rethrows -> T {
  try (bytes + [0]).withUnsafeBytes { try body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
}

/// libarchive converts names by the locale, and crashes on ones that are not ASCII in the C locale.
enum Locale {
  private static let once: Void = {
    if setlocale(LC_CTYPE, "C.UTF-8") == nil { setlocale(LC_CTYPE, "") }
  }()

  static func use() { _ = once }
}
