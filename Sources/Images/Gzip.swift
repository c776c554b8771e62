import Archives
import CArchive
import Command
import Glibc

/// gzip by libarchive, as a stream, with no name and no time in the header: the same content gives the same bytes.
enum Gzip {
  /// Compresses all that can be read from one descriptor to another.
  /// - Parameter name: of what is read, for messages.
  /// - Returns: the digest of what was read, and digest and size of what was written.
  static func compress(_ source: Int32, to target: Int32, name: String) throws -> (content: Digest, digest: Digest, size: Int) {
    guard let archive = archive_write_new(), let entry = archive_entry_new() else { throw SystemError("cannot compress '\(name)'", ENOMEM) }
    defer { archive_entry_free(entry); archive_write_free(archive) }
    let sink = Sink(target)
    archive_write_set_format_raw(archive)
    archive_write_add_filter_gzip(archive)
    archive_write_set_filter_option(archive, "gzip", "timestamp", nil)
    // What a fifth of the time saves beyond this level is about a twentieth of the size.
    archive_write_set_filter_option(archive, "gzip", "compression-level", "4")
    archive_write_set_bytes_per_block(archive, 65_536)
    archive_write_set_bytes_in_last_block(archive, 1)
    let callback: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> Int = { _, context, bytes, count in
      guard let context, let bytes else { return -1 }
      return Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue().write(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : -1
    }
    archive_write_open(archive, Unmanaged.passUnretained(sink).toOpaque(), nil, callback, nil)
    archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
    archive_write_header(archive, entry)

    var content = SHA256()
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = read(source, chunk.baseAddress, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemError("cannot read '\(name)'", errno) }
      if count == 0 { break }
      content.update(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      var done = 0
      while done < count {
        let taken = archive_write_data(archive, chunk.baseAddress! + done, count - done)
        guard taken > 0 else { throw sink.failure(name) }
        done += taken
      }
    }
    guard archive_write_close(archive) == ARCHIVE_OK else { throw sink.failure(name) }
    guard let from = Digest("sha256:" + content.finish()), let to = Digest("sha256:" + sink.hash.finish()) else { throw sink.failure(name) }
    return (from, to, sink.size)
  }

  private final class Sink {
    var hash = SHA256()
    var size = 0
    private let descriptor: Int32
    private var number: Int32 = EIO

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
      hash.update(bytes)
      size += bytes.count
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { number = errno; return false }
        done += count
      }
      return true
    }

    func failure(_ name: String) -> SystemError { SystemError("cannot compress '\(name)'", number, code: .cannotCreate) }
  }
}
