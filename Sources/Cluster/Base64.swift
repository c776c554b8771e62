/// Decodes base64 (RFC 4648, section 4); nil for anything else.
package func base64Decoded(_ text: [UInt8]) -> [UInt8]? {
  var out: [UInt8] = []
  out.reserveCapacity(text.count / 4 * 3)
  var bits: UInt32 = 0, count = 0
  var body = text[...]
  while body.last == UInt8(ascii: "=") || body.last == 0x0A { body.removeLast() }
  for byte in body {
    let value: UInt8
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte + 4
    case UInt8(ascii: "+"): value = 62
    case UInt8(ascii: "/"): value = 63
    default: return nil
    }
    bits = bits << 6 | UInt32(value)
    count += 6
    if count >= 8 {
      count -= 8
      out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
  }
  return out
}
