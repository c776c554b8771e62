import CDeflate
import Command
import Glibc
import Records

/// gzip by libdeflate, in members of 256 KiB of content (RFC 1952, section 2.2), without names or times in the headers:
/// the same content gives the same bytes, however it is cut into writes. A member whose samples shrink by less than an
/// eighth is stored uncompressed.
package final class GzipStream {
  private let compressor: OpaquePointer
  /// For what cannot be compressed; nil for text.
  private let store: OpaquePointer?
  private let sink: (UnsafeRawBufferPointer) throws -> Void
  private let name: String
  private let isText: Bool
  private var content = SHA256(), hash = SHA256()
  private var size = 0
  private var input: UnsafeMutableRawBufferPointer
  private var output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// The bytes of `input` that are not compressed yet.
  private var filled = 0

  /// libdeflate compresses whole buffers. Members of 1 MiB save half a percent of text, but a change costs more.
  package static let member = 256 << 10
  /// Four samples of this size are compressed first.
  private static let sample = 8 << 10

  /// - Parameters:
  ///   - target: the descriptor that the compressed bytes are written to.
  ///   - level: 1 to 12; above 4, half again the time saves about a thirtieth of the size.
  ///   - isText: whether it is known to be text whose digest is not needed: it is not hashed, and no samples are tried.
  ///   - expected: about how many bytes there will be: less memory is touched for a small content.
  ///   - name: the name of the content, for messages.
  package convenience init(to target: Int32, level: Int32 = 4, isText: Bool = false, name: String) throws {
    try self.init(level: level, isText: isText, name: name) { bytes in
      do throws(WriteError) { try writeAll(bytes, to: target) } catch {
        throw SystemError("cannot compress '\(name)'", error.errno, code: .cannotCreate)
      }
    }
  }

  /// - Parameter sink: receives the compressed bytes, in order.
  package init(
    level: Int32 = 4, isText: Bool = false, expected: Int = GzipStream.member, name: String,
    sink: @escaping (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let store = isText ? nil : libdeflate_alloc_compressor(0)
    guard let compressor = libdeflate_alloc_compressor(level), isText || store != nil else {
      throw SystemError("cannot compress '\(name)'", ENOMEM)
    }
    self.compressor = compressor
    self.store = store
    input = .allocate(byteCount: min(GzipStream.member, max(4_096, expected)), alignment: 16)
    self.sink = sink
    self.name = name
    self.isText = isText
  }

  deinit {
    libdeflate_free_compressor(compressor)
    if let store { libdeflate_free_compressor(store) }
    input.deallocate()
    output.deallocate()
  }

  /// Compresses more of the content. Throws `SystemError`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    if !isText { content.update(bytes) }
    var rest = bytes[...]
    while !rest.isEmpty {
      if filled == input.count { grow() }
      let count = min(rest.count, input.count - filled)
      UnsafeMutableRawBufferPointer(rebasing: input[filled...]).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
      filled += count
      rest = rest.dropFirst(count)
      if filled == GzipStream.member { try compress() }
    }
  }

  /// There is more than was expected.
  private func grow() {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: GzipStream.member, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(input))
    input.deallocate()
    input = larger
  }

  /// The digest of the content, and the digest and size of the compressed bytes.
  package func finish() throws -> (content: Digest, digest: Digest, size: Int) {
    if filled > 0 || size == 0 { try compress() }
    guard let from = Digest("sha256:" + content.finish()), let to = Digest("sha256:" + hash.finish()) else {
      throw failure(EIO)
    }
    return (from, to, size)
  }

  private func compress() throws {
    let bound = max(
      libdeflate_gzip_compress_bound(compressor, filled), store.map { libdeflate_gzip_compress_bound($0, filled) } ?? 0)
    if output.count < bound {
      output.deallocate()
      output = .allocate(byteCount: bound, alignment: 16)
    }
    let count = libdeflate_gzip_compress(
      (isDense ? store : nil) ?? compressor, input.baseAddress, filled, output.baseAddress, output.count)
    guard count > 0 else { throw failure(EIO) }
    filled = 0
    let bytes = UnsafeRawBufferPointer(rebasing: output[..<count])
    hash.update(bytes)
    size += count
    try sink(bytes)
  }

  /// Whether the buffer is compressed already, like pictures: the compressor is slowest there, for nothing.
  private var isDense: Bool {
    let sample = GzipStream.sample
    guard filled >= 4 * sample, !isText else { return false }
    return (0..<4).allSatisfy { place in
      libdeflate_gzip_compress(
        compressor, input.baseAddress! + place * (filled / 4), sample, output.baseAddress, output.count) > sample
        - sample / 8
    }
  }

  private func failure(_ number: Int32) -> SystemError {
    SystemError("cannot compress '\(name)'", number, code: .cannotCreate)
  }
}
