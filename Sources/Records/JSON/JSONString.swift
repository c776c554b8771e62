/// The inside of a JSON string, between its quotes, already validated.
enum JSONString {
  /// The bytes of the string with its escapes resolved. A lone surrogate, which the grammar allows and UTF-8 cannot
  /// encode, becomes its three-byte pattern, so that different names never compare equal.
  static func unescape(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "\\") else { out.append(bytes[at]); at += 1; continue }
      switch bytes[at + 1] {
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "u"):
        var scalar = UInt32(unit(bytes, at + 2))
        at += 4
        if (0xD800...0xDBFF).contains(scalar), at + 7 < bytes.count, bytes[at + 2] == UInt8(ascii: "\\"),
          bytes[at + 3] == UInt8(ascii: "u")
        {
          let low = UInt32(unit(bytes, at + 4))
          if (0xDC00...0xDFFF).contains(low) {
            scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
            at += 6
          }
        }
        encode(scalar, to: &out)
      case let other: out.append(other)
      }
      at += 2
    }
    return out
  }

  private static func unit(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt16 {
    (0..<4).reduce(0) { $0 << 4 | (hexValue(bytes[at + $1]) ?? 0) }
  }

  private static func encode(_ scalar: UInt32, to out: inout [UInt8]) {
    switch scalar {
    case 0..<0x80: out.append(UInt8(scalar))
    case 0x80..<0x800: out += [0xC0 | UInt8(scalar >> 6), 0x80 | UInt8(scalar & 63)]
    case 0x800..<0x10000: out += [0xE0 | UInt8(scalar >> 12), 0x80 | UInt8(scalar >> 6 & 63), 0x80 | UInt8(scalar & 63)]
    default:
      out += [
        0xF0 | UInt8(scalar >> 18), 0x80 | UInt8(scalar >> 12 & 63), 0x80 | UInt8(scalar >> 6 & 63),
        0x80 | UInt8(scalar & 63)
      ]
    }
  }
}
