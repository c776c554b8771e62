import CArchive
import Cluster

/// What helm has stored is not a release.
struct Unpacking: Error { var reason: String }

/// Decodes a release as helm stores it: gzip, or plain JSON in the oldest ones, inside layers of base64.
func unpacked(_ text: Substring, layers: Int) throws(Unpacking) -> [UInt8] {
  var bytes = Array(text.utf8)
  for _ in 0..<layers {
    guard let decoded = base64Decoded(bytes) else { throw Unpacking(reason: "is not base64") }
    bytes = decoded
  }
  guard bytes.starts(with: [0x1F, 0x8B, 0x08]) else { return bytes }
  guard let plain = gunzipped(bytes) else { throw Unpacking(reason: "cannot be decompressed") }
  return plain
}

/// Decompresses gzip; nil for broken data, and for more than 64 MB, which no honest Secret of 1 MB holds.
func gunzipped(_ bytes: [UInt8], limit: Int = 64 << 20) -> [UInt8]? {
  guard let archive = archive_read_new() else { return nil }
  defer { archive_read_free(archive) }
  archive_read_support_filter_gzip(archive)
  archive_read_support_format_raw(archive)
  return bytes.withUnsafeBytes { buffer -> [UInt8]? in
    var entry: OpaquePointer?
    guard archive_read_open_memory(archive, buffer.baseAddress, buffer.count) == ARCHIVE_OK,
      archive_read_next_header(archive, &entry) == ARCHIVE_OK,
      // Input without gzip's header would pass unchanged.
      archive_filter_code(archive, 0) == ARCHIVE_FILTER_GZIP
    else { return nil }
    var out: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = archive_read_data(archive, &chunk, chunk.count)
      if count == 0 { return out }
      guard count > 0, out.count + count <= limit else { return nil }
      out += chunk[..<count]
    }
  }
}
