/// A number of a template, under each type that can represent it: one of Go's ideal constants.
package struct GoNumber: Equatable, Sendable {
  package var int: Int64?
  package var uint: UInt64?
  package var double: Double

  /// - Parameter text: what the lexer takes for a number. Throws Go's words for what is none.
  init(_ text: String) throws(GoWords) {
    if text.utf8.last == UInt8(ascii: "i") {
      throw GoWords("imaginary numbers are not supported: \(GoQuote.quoted(Array(text.utf8)))")
    }
    uint = GoNumber.unsigned(text[...])
    int = GoNumber.signed(text)
    if int == 0 { uint = 0 }
    if let int {
      double = Double(int)
    } else if let uint {
      double = Double(uint)
    } else {
      guard let value = GoNumber.float(text) else {
        throw GoWords("illegal number syntax: \(GoQuote.quoted(Array(text.utf8)))")
      }
      // A float that looks like an integer is one too large.
      guard text.utf8.contains(where: { ".eEpP".utf8.contains($0) }) else {
        throw GoWords("integer overflow: \(GoQuote.quoted(Array(text.utf8)))")
      }
      double = value
      int = Int64(exactly: value)
      uint = UInt64(exactly: value)
    }
  }

  init(character: UInt32) { (int, uint, double) = (Int64(character), UInt64(character), Double(character)) }

  private static func signed(_ text: String) -> Int64? {
    let isNegative = text.utf8.first == UInt8(ascii: "-"), isSigned = isNegative || text.utf8.first == UInt8(ascii: "+")
    guard let magnitude = unsigned(isSigned ? text.dropFirst() : text[...]) else { return nil }
    if isNegative { return magnitude == 1 << 63 ? .min : Int64(exactly: magnitude).map { -$0 } }
    return Int64(exactly: magnitude)
  }

  /// `12`, `0x1F`, `0b1`, `0o17`, `017`, `1_000`
  private static func unsigned(_ text: Substring) -> UInt64? {
    guard let first = text.utf8.first, Lexer.digit(first) != nil, hasUnderscoresInPlace(text) else { return nil }
    let digits = Array(text.utf8.filter { $0 != UInt8(ascii: "_") })
    var (radix, start): (UInt64, Int) = (10, 0)
    if digits.count > 1, first == UInt8(ascii: "0") {
      switch digits[1] | 0x20 {
      case UInt8(ascii: "x") where digits.count > 2: (radix, start) = (16, 2)
      case UInt8(ascii: "o") where digits.count > 2: (radix, start) = (8, 2)
      case UInt8(ascii: "b") where digits.count > 2: (radix, start) = (2, 2)
      default: (radix, start) = (8, 1)
      }
    }
    var value: UInt64 = 0
    for byte in digits[start...] {
      guard let digit = Lexer.digit(byte), digit < radix else { return nil }
      let (product, overflows) = value.multipliedReportingOverflow(by: radix)
      let (sum, isTooLarge) = product.addingReportingOverflow(UInt64(digit))
      if overflows || isTooLarge { return nil }
      value = sum
    }
    return value
  }

  /// What Go's ParseFloat takes, and is finite.
  static func float(_ text: String) -> Double? {
    guard hasUnderscoresInPlace(text[...]) else { return nil }
    let bytes = Array(text.utf8.filter { $0 != UInt8(ascii: "_") })
    var place = bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-") ? 1 : 0
    let isHex =
      place + 2 < bytes.count && bytes[place] == UInt8(ascii: "0") && bytes[place + 1] | 0x20 == UInt8(ascii: "x")
    if isHex { place += 2 }
    var digits = 0, dots = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: ".") {
        dots += 1
      } else if let digit = Lexer.digit(bytes[place]), digit < (isHex ? 16 : 10) {
        digits += 1
      } else {
        break
      }
      place += 1
    }
    guard digits > 0, dots <= 1 else { return nil }
    if place < bytes.count {
      guard bytes[place] | 0x20 == UInt8(ascii: isHex ? "p" : "e") else { return nil }
      place += 1
      if place < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") { place += 1 }
      guard place < bytes.count, bytes[place...].allSatisfy({ Lexer.digit($0).map { $0 < 10 } ?? false }) else {
        return nil
      }
    } else if isHex {
      return nil
    }
    guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  /// An underscore may stand between digits, and after the prefix of a base.
  static func hasUnderscoresInPlace(_ text: Substring) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.contains(UInt8(ascii: "_")) else { return true }
    var place = bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-") ? 1 : 0
    enum Before { case start, digit, underscore, other }
    var before = Before.start, isHex = false
    if place + 1 < bytes.count, bytes[place] == UInt8(ascii: "0"), "box".utf8.contains(bytes[place + 1] | 0x20) {
      isHex = bytes[place + 1] | 0x20 == UInt8(ascii: "x")
      place += 2
      before = .digit
    }
    for byte in bytes[min(place, bytes.count)...] {
      if let digit = Lexer.digit(byte), digit < (isHex ? 16 : 10) { before = .digit; continue }
      if byte == UInt8(ascii: "_") {
        guard before == .digit else { return false }
        before = .underscore
        continue
      }
      if before == .underscore { return false }
      before = .other
    }
    return before != .underscore
  }
}
