/// A tar archive assembled byte by byte, for contents that no program would write.
struct RawTar {
  private(set) var bytes: [UInt8] = []

  /// - Parameters:
  ///   - size: the size in the header, in decimal; nil for the length of the content.
  ///   - pax: the records of an extended header before it.
  mutating func file(
    _ name: String, _ content: [UInt8] = [], size: Int? = nil, pax: [(key: String, value: String)] = []
  ) {
    if !pax.isEmpty { member("PaxHeaders/\(name)", type: "x", pax.flatMap { RawTar.record($0.key, $0.value) }) }
    member(name, type: "0", content, size: size)
  }

  mutating func end() { bytes += [UInt8](repeating: 0, count: 1_024) }

  /// `13 key=value\n`, where the number includes its own digits.
  private static func record(_ key: String, _ value: String) -> [UInt8] {
    let rest = " \(key)=\(value)\n".utf8.count
    var length = rest + 1
    while rest + String(length).utf8.count > length { length += 1 }
    return Array("\(length) \(key)=\(value)\n".utf8)
  }

  private mutating func member(_ name: String, type: Character, _ content: [UInt8], size: Int? = nil) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      header.replaceSubrange(offset..<(offset + text.utf8.count), with: Array(text.utf8))
    }
    put(name, at: 0)
    for (text, offset) in [
      ("0000644", 100), ("0000000", 108), ("0000000", 116), ("00000000007", 136), ("        ", 148), ("ustar", 257),
      ("00", 263)
    ] { put(text, at: offset) }
    let size = size ?? content.count, octal = String(size, radix: 8)
    if size >= 0, octal.utf8.count <= 11 {
      put(String(repeating: "0", count: 11 - octal.utf8.count) + octal, at: 124)
    } else {
      // The GNU format: a marked first byte, and the number in two's complement.
      header[124] = size < 0 ? 0xFF : 0x80
      for at in 0..<11 { header[135 - at] = UInt8(truncatingIfNeeded: at < 8 ? size >> (8 * at) : size < 0 ? -1 : 0) }
    }
    put(String(type), at: 156)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    put(String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\0", at: 148)
    bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }
}
