import CArchive
import Command
import Glibc
import OCI
import Records

/// Reads a tar archive as a stream, by libarchive, decompressing gzip. The contents are untrusted.
public final class TarReader {
  public enum Kind { case file, directory, link(to: [UInt8]), hardLink(to: [UInt8]), other }

  /// One member of the archive.
  public struct Member {
    /// The path in the archive, without trailing slashes.
    public var path: [UInt8]
    public var kind: Kind
    /// The permission bits.
    public var mode: mode_t
    /// In bytes; for files.
    public var size: Int
    public var seconds: Int
    public var user: Int
    public var group: Int
  }

  private let archive: OpaquePointer
  private let name: String
  private let source: Source
  /// The current member.
  private var path: [UInt8] = [], size = 0
  /// Bytes that are zero but not stored in the archive.
  private var holes = 0
  private let holeLimit: Int

  private final class Source {
    let descriptor: Int32
    let hashes: Bool
    var hash = SHA256()
    var size = 0
    let buffer: UnsafeMutableRawBufferPointer
    /// The archive itself instead of a descriptor; the buffer is as long as it.
    var isWhole = false
    init(_ descriptor: Int32, hashes: Bool) {
      self.descriptor = descriptor
      self.hashes = hashes
      buffer = .allocate(byteCount: 262_144, alignment: 16)
    }
    init(_ bytes: [UInt8]) {
      descriptor = -1
      hashes = false
      buffer = .allocate(byteCount: bytes.count, alignment: 16)
      buffer.copyBytes(from: bytes)
      isWhole = true
    }
    deinit { buffer.deallocate() }

    /// Skips bytes; returns 0 if the file cannot seek.
    func skip(_ count: Int64) -> Int64 { isWhole ? 0 : lseek(descriptor, off_t(count), SEEK_CUR) < 0 ? 0 : count }

    func next() -> Int {
      if isWhole {
        defer { size = buffer.count }
        return size == 0 ? buffer.count : 0
      }
      let count = uninterrupted { Glibc.read(descriptor, buffer.baseAddress!, buffer.count) }
      if count > 0 {
        if hashes { hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        size += count
      }
      return count
    }
  }

  /// - Parameters:
  ///   - descriptor: read from its current position; stays open.
  ///   - name: for messages.
  ///   - hashes: false if ``finish()`` will not be called: unneeded data is then skipped instead of read.
  ///   - holeLimit: the most bytes of holes accepted.
  public convenience init(descriptor: Int32, name: String, hashes: Bool = true, holeLimit: Int = TarReader.holeLimit)
    throws(ArchiveError)
  {
    try self.init(Source(descriptor, hashes: hashes), name: name, holeLimit: holeLimit)
  }

  /// Reads an archive that is in memory.
  package convenience init(bytes: [UInt8], name: String) throws(ArchiveError) {
    try self.init(Source(bytes), name: name, holeLimit: TarReader.holeLimit)
  }

  private init(_ source: Source, name: String, holeLimit: Int) throws(ArchiveError) {
    Locale.use()
    guard let archive = archive_read_new() else { throw .badArchive(path: name, reason: "out of memory") }
    self.archive = archive
    self.name = name
    self.holeLimit = holeLimit
    self.source = source
    archive_read_support_format_tar(archive)
    archive_read_support_filter_gzip(archive)
    let callback:
      @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int = {
        _, context, bytes in
        guard let context else { return -1 }
        let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
        bytes?.pointee = UnsafeRawPointer(source.buffer.baseAddress)
        return source.next()
      }
    let skip: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, Int64) -> Int64 = { _, context, count in
      guard let context else { return 0 }
      return Unmanaged<Source>.fromOpaque(context).takeUnretainedValue().skip(count)
    }
    if !source.hashes { archive_read_set_skip_callback(archive, skip) }
    guard archive_read_open(archive, Unmanaged.passUnretained(source).toOpaque(), nil, callback, nil) == ARCHIVE_OK
    else { throw failure() }
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
    if let target = archive_entry_hardlink(entry) {
      kind = .hardLink(to: bytes(target))
    } else {
      switch archive_entry_filetype(entry) {
      case Glibc.S_IFREG: kind = .file
      case Glibc.S_IFDIR: kind = .directory
      case Glibc.S_IFLNK: kind = .link(to: bytes(archive_entry_symlink(entry)))
      default: kind = .other
      }
    }
    self.path = path
    size = Int(archive_entry_size(entry))
    guard (0...Number.limit).contains(size) else { throw bad("has an impossible size, \(size)") }
    return Member(
      path: path, kind: kind, mode: archive_entry_perm(entry) & 0o7777, size: size,
      seconds: Int(archive_entry_mtime(entry)), user: Int(archive_entry_uid(entry)),
      group: Int(archive_entry_gid(entry)))
  }

  /// Passes on the bytes of the member that `next()` returned, with the offset of each piece; between pieces and after
  /// the last there are zeros. The pieces are in order and within the member's size, and the zeros are limited: see
  /// ``holeLimit``.
  public func data(_ body: (UnsafeRawBufferPointer, _ offset: Int) throws -> Void) throws {
    var done = 0
    while true {
      var start: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      let result = archive_read_data_block(archive, &start, &count, &offset)
      if result == ARCHIVE_EOF { return try skip(from: done, to: size) }
      guard result == ARCHIVE_OK || result == ARCHIVE_WARN else { throw failure() }
      guard let offset = Int(exactly: offset), (done...size).contains(offset), (0...size - offset).contains(count)
      else {
        throw bad("has data outside its size")
      }
      try skip(from: done, to: offset)
      done = offset + count
      try body(UnsafeRawBufferPointer(start: start, count: count), offset)
    }
  }

  /// Reads to the end of the file. Returns the digest and size of the whole file as stored, compressed or not.
  public func finish() -> (digest: String, size: Int) {
    while source.next() > 0 {}
    return ("sha256:" + source.hash.finish(), source.size)
  }

  /// A few bytes can declare terabytes of zeros, which take hours to read and hash. This is the most accepted in an
  /// archive or in a file of a directory: as much as draft-serve accepts for a file.
  public static let holeLimit = 8 << 30

  private func skip(from: Int, to: Int) throws(ArchiveError) {
    holes += to - from
    guard holes <= holeLimit else { throw bad("has more than \(holeLimit >> 30) GB of holes") }
  }

  private func bad(_ reason: String) -> ArchiveError {
    .badArchive(path: name, reason: "member '\(PathBytes.text(path))' \(reason)")
  }

  private func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
    guard let text else { return [] }
    return UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 }
  }

  private func failure() -> ArchiveError {
    .badArchive(
      path: name, reason: archive_error_string(archive).map { String(cString: $0) } ?? "it is not a tar archive")
  }
}
