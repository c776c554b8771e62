import CArchive
import Command
import Glibc
import OCI
import Records

/// Reads a tar archive by libarchive, as a stream; gzip is seen through. What is in it may have been made by anybody.
public final class TarReader {
  public enum Kind { case file, directory, link(to: [UInt8]), hardLink(to: [UInt8]), other }

  public struct Member {
    /// As it is in the archive, without slashes at the end.
    public var path: [UInt8]
    public var kind: Kind
    /// The permission bits.
    public var mode: mode_t
    /// Bytes, of a file.
    public var size: Int
    public var seconds: Int
    public var user: Int
    public var group: Int
  }

  private let archive: OpaquePointer
  private let name: String
  private let source: Source
  /// The member that came last.
  private var path: [UInt8] = [], size = 0
  /// Bytes that the archive says are zero and does not hold.
  private var holes = 0
  private let holeLimit: Int

  private final class Source {
    let descriptor: Int32
    let hashes: Bool
    var hash = SHA256()
    var size = 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
    init(_ descriptor: Int32, hashes: Bool) { self.descriptor = descriptor; self.hashes = hashes }
    deinit { buffer.deallocate() }

    /// Passes over what nobody wants to see; 0 where the file does not let itself be positioned.
    func skip(_ count: Int64) -> Int64 { lseek(descriptor, off_t(count), SEEK_CUR) < 0 ? 0 : count }

    func next() -> Int {
      let count = uninterrupted { Glibc.read(descriptor, buffer.baseAddress!, buffer.count) }
      if count > 0 {
        if hashes { hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        size += count
      }
      return count
    }
  }

  /// - Parameters:
  ///   - descriptor: read from where it stands; stays open.
  ///   - name: for messages.
  ///   - hashes: false when nobody will ask ``finish()``; what is not asked for is passed over then, not read.
  ///   - holeLimit: how much of nothing there may be.
  public init(descriptor: Int32, name: String, hashes: Bool = true, holeLimit: Int = TarReader.holeLimit) throws(ArchiveError) {
    Locale.use()
    guard let archive = archive_read_new() else { throw .badArchive(path: name, reason: "out of memory") }
    self.archive = archive
    self.name = name
    self.holeLimit = holeLimit
    source = Source(descriptor, hashes: hashes)
    archive_read_support_format_tar(archive)
    archive_read_support_filter_gzip(archive)
    let callback: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int = { _, context, bytes in
      guard let context else { return -1 }
      let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
      bytes?.pointee = UnsafeRawPointer(source.buffer.baseAddress)
      return source.next()
    }
    let skip: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, Int64) -> Int64 = { _, context, count in
      guard let context else { return 0 }
      return Unmanaged<Source>.fromOpaque(context).takeUnretainedValue().skip(count)
    }
    if !hashes { archive_read_set_skip_callback(archive, skip) }
    guard archive_read_open(archive, Unmanaged.passUnretained(source).toOpaque(), nil, callback, nil) == ARCHIVE_OK else { throw failure() }
  }

  deinit { archive_read_free(archive) }

  /// The next member, or nil at the end.
  public func next() throws(ArchiveError) -> Member? {
    var entry: OpaquePointer?
    let result = archive_read_next_header(archive, &entry)
    if result == ARCHIVE_EOF { return nil }
    guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry else { throw failure() }
    var path = bytes(archive_entry_pathname(entry))
    while path.count > 1, path.last == UInt8(ascii: "/") { path.removeLast() }
    let kind: Kind
    if let target = archive_entry_hardlink(entry) { kind = .hardLink(to: bytes(target)) } else {
      switch archive_entry_filetype(entry) {
      case Glibc.S_IFREG: kind = .file
      case Glibc.S_IFDIR: kind = .directory
      case Glibc.S_IFLNK: kind = .link(to: bytes(archive_entry_symlink(entry)))
      default: kind = .other
      }
    }
    self.path = path
    size = Int(archive_entry_size(entry))
    guard (0...Number.limit).contains(size) else { throw bad("has a size that cannot be, \(size)") }
    return Member(
      path: path, kind: kind, mode: archive_entry_perm(entry) & 0o7777, size: size,
      seconds: Int(archive_entry_mtime(entry)), user: Int(archive_entry_uid(entry)), group: Int(archive_entry_gid(entry)))
  }

  /// Gives the bytes of the member `next()` returned, with the offset of each piece; what lies between two, and behind the
  /// last, is zeros. The pieces are in order and within its size, and the zeros have an end: see ``holeLimit``.
  public func data(_ body: (UnsafeRawBufferPointer, _ offset: Int) throws -> Void) throws {
    var done = 0
    while true {
      var start: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      let result = archive_read_data_block(archive, &start, &count, &offset)
      if result == ARCHIVE_EOF { return try skip(from: done, to: size) }
      guard result == ARCHIVE_OK || result == ARCHIVE_WARN else { throw failure() }
      guard let offset = Int(exactly: offset), (done...size).contains(offset), (0...size - offset).contains(count) else {
        throw bad("has bytes where it has no place for them")
      }
      try skip(from: done, to: offset)
      done = offset + count
      try body(UnsafeRawBufferPointer(start: start, count: count), offset)
    }
  }

  /// Reads on to the end of the file. Gives the digest and size of the whole of it, as it is, compressed or not.
  public func finish() -> (digest: String, size: Int) {
    while source.next() > 0 {}
    return ("sha256:" + source.hash.finish(), source.size)
  }

  /// A few bytes can say that there are terabytes of nothing, which take hours to read and to hash. No more than this is
  /// believed, of an archive or of a file in a directory: as much as draft-serve takes for a file.
  public static let holeLimit = 8 << 30

  private func skip(from: Int, to: Int) throws(ArchiveError) {
    holes += to - from
    guard holes <= holeLimit else { throw bad("has more than \(holeLimit >> 30) GB of holes") }
  }

  private func bad(_ reason: String) -> ArchiveError { .badArchive(path: name, reason: "'\(PathBytes.text(path))' in it \(reason)") }

  private func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
    guard let text else { return [] }
    return UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 }
  }

  private func failure() -> ArchiveError {
    .badArchive(path: name, reason: archive_error_string(archive).map { String(cString: $0) } ?? "it is no tar archive")
  }
}
