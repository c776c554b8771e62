extension YAML {
  /// A number as go-yaml writes it after it has been JSON: whole ones below 1e21 in digits, others as Go's `%g`: `0.1`,
  /// `1.5e+06`, `1e+21`. nil if it is not finite.
  package static func number(_ number: Double) -> String? {
    guard number.isFinite else { return nil }
    if number == 0 { return "0" }
    // The shortest digits that are read as the same number, and where the point is.
    var digits: [UInt8] = [], point = 0, exponent = 0, isExponent = false, isBelow = false, isFraction = false
    for byte in "\(number.magnitude)".utf8 {
      switch byte {
      case UInt8(ascii: "."): isFraction = true
      case UInt8(ascii: "e"): isExponent = true
      case UInt8(ascii: "-"): isBelow = true
      case UInt8(ascii: "+"): break
      default:
        if isExponent {
          exponent = exponent * 10 + Int(byte - 0x30)
        } else if digits.isEmpty, byte == 0x30 {
          if isFraction { point -= 1 }
        } else {
          digits.append(byte)
          if !isFraction { point += 1 }
        }
      }
    }
    while digits.last == 0x30 { digits.removeLast() }
    point += isBelow ? -exponent : exponent
    let sign = number < 0 ? "-" : ""
    if digits.count <= point, point <= 21 {
      let text = String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: point - digits.count)
      // JSON has it in digits; what does not fit into 64 bits is read as a float again.
      if number < 0 ? Int64("-" + text) != nil : UInt64(text) != nil { return sign + text }
    }
    let size = point - 1
    if size < -4 || size >= 6 {
      let rest = digits.count > 1 ? "." + String(decoding: digits.dropFirst(), as: UTF8.self) : ""
      let power = String(size.magnitude)
      return sign + String(decoding: digits.prefix(1), as: UTF8.self) + rest + (size < 0 ? "e-" : "e+")
        + (power.utf8.count < 2 ? "0" + power : power)
    }
    if point <= 0 {
      return sign + "0." + String(repeating: "0", count: -point) + String(decoding: digits, as: UTF8.self)
    }
    return sign + String(decoding: digits.prefix(point), as: UTF8.self) + "."
      + String(decoding: digits.dropFirst(point), as: UTF8.self)
  }
}
