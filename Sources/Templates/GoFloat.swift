#if canImport(Glibc)
  import Glibc
#endif

/// How Go writes a float64: strconv.FormatFloat.
package enum GoFloat {
  /// Writes a number.
  /// - Parameters:
  ///   - verb: `e`, `E`, `f`, `g`, `G`; `b`, `x` and `X` with an exponent of 2.
  ///   - precision: nil for as many digits as tell the number from all others.
  package static func append(
    _ value: Double, verb: UInt8 = UInt8(ascii: "g"), precision: Int? = nil, to text: inout [UInt8]
  ) {
    if !value.isFinite {
      text += (value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf").utf8
      return
    }
    if value.sign == .minus { text.append(UInt8(ascii: "-")) }
    let value = value.magnitude
    switch verb {
    case UInt8(ascii: "b"):
      let exponent = value.exponentBitPattern == 0 ? 1 : Int(value.exponentBitPattern)
      let mantissa = value.significandBitPattern | (value.exponentBitPattern == 0 ? 0 : 1 << 52)
      let shift = exponent - 1075
      text += "\(mantissa)p\(shift < 0 ? "" : "+")\(shift)".utf8
    case UInt8(ascii: "x"), UInt8(ascii: "X"): appendHex(value, verb, precision, to: &text)
    case UInt8(ascii: "e"), UInt8(ascii: "E"):
      let (digits, point) = precision.map { Self.digits(value, significant: $0 + 1) } ?? shortest(value)
      appendExponent(digits, point, precision ?? digits.count - 1, verb, to: &text)
    case UInt8(ascii: "f"):
      guard let precision else {
        let (digits, point) = shortest(value)
        appendPlain(digits, point, max(digits.count - point, 0), to: &text)
        return
      }
      text += printed(value, fraction: precision, isExponent: false)
    default:
      let wanted = precision == 0 ? 1 : precision
      var (digits, point) = wanted.map { Self.digits(value, significant: $0) } ?? shortest(value)
      digits.removeLast(digits.count - trimmed(digits))
      var limit = wanted ?? 6
      if wanted != nil, limit > digits.count, digits.count >= point { limit = digits.count }
      // Zero has no digits of its own.
      if value != 0, point - 1 < -4 || point - 1 >= limit {
        appendExponent(
          digits, point, digits.count - 1, UInt8(ascii: verb == UInt8(ascii: "G") ? "E" : "e"), to: &text)
      } else {
        appendPlain(digits, point, max(digits.count - point, 0), to: &text)
      }
    }
  }

  private static func trimmed(_ digits: [UInt8]) -> Int {
    var length = digits.count
    while length > 1, digits[length - 1] == 0x30 { length -= 1 }
    return length
  }

  /// The fewest digits that give the number back, and where the decimal point is: 0.d₁d₂… × 10^point.
  package static func shortest(_ value: Double) -> (digits: [UInt8], point: Int) {
    if value == 0 { return ([0x30], 1) }
    // Swift writes the fewest digits too; only their arrangement differs.
    var digits: [UInt8] = [], exponent = 0, point: Int?
    let text = Array(value.description.utf8)
    var place = 0
    while place < text.count {
      switch text[place] {
      case 0x30...0x39: digits.append(text[place])
      case UInt8(ascii: "."): point = digits.count
      default:
        exponent = Int(String(decoding: text[(place + 1)...], as: UTF8.self)) ?? 0
        place = text.count
      }
      place += 1
    }
    var at = (point ?? digits.count) + exponent
    let leading = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(leading)
    at -= leading
    while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
    return (digits, at)
  }

  /// So many digits, rounded exactly.
  private static func digits(_ value: Double, significant: Int) -> (digits: [UInt8], point: Int) {
    let count = max(significant, 1)
    if value == 0 { return ([UInt8](repeating: 0x30, count: count), 1) }
    let text = printed(value, fraction: count - 1, isExponent: true)
    let mark = text.firstIndex(of: UInt8(ascii: "e")) ?? text.count
    let exponent = Int(String(decoding: text[min(mark + 1, text.count)...], as: UTF8.self)) ?? 0
    return (text[..<mark].filter { $0 != UInt8(ascii: ".") }, exponent + 1)
  }

  /// By the C library, which rounds exactly as Go does.
  private static func printed(_ value: Double, fraction: Int, isExponent: Bool) -> [UInt8] {
    let size = fraction + 350
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = buffer.withMemoryRebound(to: CChar.self) { buffer in
        let written = withVaList([Int32(truncatingIfNeeded: fraction), value]) {
          vsnprintf(buffer.baseAddress, size, isExponent ? "%.*e" : "%.*f", $0)
        }
        return min(max(Int(written), 0), size - 1)
      }
    }
  }

  private static func appendExponent(
    _ digits: [UInt8], _ point: Int, _ fraction: Int, _ verb: UInt8, to text: inout [UInt8]
  ) {
    text.append(digits.first ?? 0x30)
    if fraction > 0 {
      text.append(UInt8(ascii: "."))
      let rest = digits.dropFirst().prefix(fraction)
      text += rest
      text += repeatElement(0x30, count: fraction - rest.count)
    }
    text.append(verb)
    let isZero = digits.allSatisfy { $0 == 0x30 }, exponent = isZero ? 0 : point - 1
    text.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
    if abs(exponent) < 10 { text.append(0x30) }
    text += "\(abs(exponent))".utf8
  }

  private static func appendPlain(_ digits: [UInt8], _ point: Int, _ fraction: Int, to text: inout [UInt8]) {
    if point > 0 {
      text += digits.prefix(point)
      if digits.count < point { text += repeatElement(0x30, count: point - digits.count) }
    } else {
      text.append(0x30)
    }
    guard fraction > 0 else { return }
    text.append(UInt8(ascii: "."))
    for place in point..<(point + fraction) {
      text.append(place >= 0 && place < digits.count ? digits[place] : 0x30)
    }
  }

  private static func appendHex(_ value: Double, _ verb: UInt8, _ precision: Int?, to text: inout [UInt8]) {
    var mantissa: UInt64 = 0, exponent = 0
    if value != 0 {
      mantissa = value.significandBitPattern | (value.exponentBitPattern == 0 ? 0 : 1 << 52)
      exponent = (value.exponentBitPattern == 0 ? 1 : Int(value.exponentBitPattern)) - 1023
      while mantissa & 1 << 52 == 0 { mantissa <<= 1; exponent -= 1 }
      if let precision, precision < 13 {
        let shift = UInt64(52 - precision * 4)
        let extra = mantissa & ((1 << shift) - 1)
        mantissa >>= shift
        let half = UInt64(1) << (shift - 1)
        if extra > half || (extra == half && mantissa & 1 == 1) { mantissa += 1 }
        mantissa <<= shift
        if mantissa >= 1 << 53 { mantissa >>= 1; exponent += 1 }
      }
    }
    let isUpper = verb == UInt8(ascii: "X")
    text += (isUpper ? "0X" : "0x").utf8
    text.append(mantissa == 0 ? 0x30 : 0x31)
    var rest = mantissa & ((1 << 52) - 1), digits: [UInt8] = []
    while rest != 0 {
      let digit = UInt8(truncatingIfNeeded: rest >> 48)
      digits += String(digit, radix: 16, uppercase: isUpper).utf8
      rest = (rest << 4) & ((1 << 52) - 1)
    }
    if let precision {
      digits = Array(digits.prefix(precision)) + repeatElement(0x30, count: max(precision - digits.count, 0))
    }
    if !digits.isEmpty { text.append(UInt8(ascii: ".")); text += digits }
    text.append(UInt8(ascii: isUpper ? "P" : "p"))
    text.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
    if abs(exponent) < 10 { text.append(0x30) }
    text += "\(abs(exponent))".utf8
  }
}
