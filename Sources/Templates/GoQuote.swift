/// How Go writes and reads quoted text: strconv.Quote, strconv.Unquote and the %#U of fmt.
package enum GoQuote {
  /// The value of a quoted or raw string literal, given with its quotes; nil if Go's Unquote rejects it.
  static func unquoted(_ quoted: UnsafeBufferPointer<UInt8>.SubSequence) -> [UInt8]? {
    guard quoted.count >= 2, let quote = quoted.first, quoted.last == quote else { return nil }
    let inner = quoted.dropFirst().dropLast()
    if quote == UInt8(ascii: "`") {
      return inner.contains(quote) ? nil : inner.filter { $0 != 0x0D }
    }
    guard quote == UInt8(ascii: "\"") else { return nil }
    if !inner.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0x0A || $0 == quote || $0 >= 0x80 }) {
      return Array(inner)
    }
    var text: [UInt8] = [], place = inner.startIndex
    text.reserveCapacity(inner.count)
    while place < inner.endIndex {
      guard let (value, isScalar, next) = character(inner, at: place, quote: quote) else { return nil }
      if value < 0x80 || !isScalar { text.append(UInt8(truncatingIfNeeded: value)) } else { append(value, to: &text) }
      place = next
    }
    return text
  }

  /// The number of a character constant, as `'a'`; nil for what Go refuses, with the words that it has for it.
  static func character(constant quoted: UnsafeBufferPointer<UInt8>.SubSequence) -> Result<UInt32, GoWords> {
    let inner = quoted.dropFirst()
    guard let (value, _, next) = character(inner, at: inner.startIndex, quote: UInt8(ascii: "'")) else {
      return .failure(.syntax)
    }
    guard inner[next...].elementsEqual("'".utf8) else {
      return .failure(GoWords("malformed character constant: \(String(decoding: quoted, as: UTF8.self))"))
    }
    return .success(value)
  }

  /// One character or escape. `isScalar` says that the value is a code point, not a byte.
  private static func character(
    _ text: UnsafeBufferPointer<UInt8>.SubSequence, at place: Int, quote: UInt8
  ) -> (value: UInt32, isScalar: Bool, next: Int)? {
    guard place < text.endIndex else { return nil }
    let byte = text[place]
    if byte == quote || byte == 0x0A { return nil }
    if byte >= 0x80 {
      let (value, width) = scalar(text, at: place)
      return (value, true, place + width)
    }
    guard byte == UInt8(ascii: "\\") else { return (UInt32(byte), false, place + 1) }
    guard place + 1 < text.endIndex else { return nil }
    let digits = text[(place + 2)...]
    func number(_ count: Int, radix: UInt32) -> UInt32? {
      guard digits.count >= count else { return nil }
      var value: UInt32 = 0
      for digit in digits.prefix(count) {
        guard let digit = Lexer.digit(digit), digit < radix else { return nil }
        value = value &* radix &+ digit
      }
      return value
    }
    switch text[place + 1] {
    case UInt8(ascii: "a"): return (7, false, place + 2)
    case UInt8(ascii: "b"): return (8, false, place + 2)
    case UInt8(ascii: "f"): return (12, false, place + 2)
    case UInt8(ascii: "n"): return (10, false, place + 2)
    case UInt8(ascii: "r"): return (13, false, place + 2)
    case UInt8(ascii: "t"): return (9, false, place + 2)
    case UInt8(ascii: "v"): return (11, false, place + 2)
    case UInt8(ascii: "\\"): return (92, false, place + 2)
    case quote: return (UInt32(quote), false, place + 2)
    case UInt8(ascii: "x"): return number(2, radix: 16).map { ($0, false, place + 4) }
    case UInt8(ascii: "u"):
      return number(4, radix: 16).flatMap { Unicode.Scalar($0) }.map { ($0.value, true, place + 6) }
    case UInt8(ascii: "U"):
      return number(8, radix: 16).flatMap { Unicode.Scalar($0) }.map { ($0.value, true, place + 10) }
    case let first where (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(first):
      guard let rest = number(2, radix: 8) else { return nil }
      let value = UInt32(first - UInt8(ascii: "0")) * 64 + rest
      return value > 255 ? nil : (value, false, place + 4)
    default: return nil
    }
  }

  static func append(_ value: UInt32, to text: inout [UInt8]) {
    text.append(contentsOf: (Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
  }

  /// The code point at a place and its width; U+FFFD of width 1 for a byte that is not UTF-8.
  static func scalar<C: RandomAccessCollection<UInt8>>(_ text: C, at place: Int) -> (value: UInt32, width: Int)
  where C.Index == Int {
    let first = text[place]
    if first < 0x80 { return (UInt32(first), 1) }
    var decoder = UTF8(), bytes = text[place...].prefix(4).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&bytes) else { return (0xFFFD, 1) }
    return (scalar.value, UTF8.width(scalar))
  }

  /// `"a\tb"`
  /// - Parameter toASCII: whether all characters beyond ASCII are escaped.
  package static func quoted<C: RandomAccessCollection<UInt8>>(_ text: C, toASCII: Bool = false) -> String
  where C.Index == Int {
    var result = "\"", place = text.startIndex
    while place < text.endIndex {
      let (value, width) = scalar(text, at: place)
      defer { place += width }
      if value == 0xFFFD, width == 1 {
        result += "\\x" + hex(UInt32(text[place]), 2)
        continue
      }
      append(escaped: value, quote: 0x22, toASCII: toASCII, to: &result)
    }
    return result + "\""
  }

  /// `'x'`
  static func quoted(character value: UInt32, toASCII: Bool = false) -> String {
    var result = "'"
    append(escaped: Unicode.Scalar(value) == nil ? 0xFFFD : value, quote: 0x27, toASCII: toASCII, to: &result)
    return result + "'"
  }

  private static func append(escaped value: UInt32, quote: UInt32, toASCII: Bool, to result: inout String) {
    switch value {
    case 7: result += "\\a"
    case 8: result += "\\b"
    case 9: result += "\\t"
    case 10: result += "\\n"
    case 11: result += "\\v"
    case 12: result += "\\f"
    case 13: result += "\\r"
    case quote: result += quote == 0x22 ? "\\\"" : "\\'"
    case 0x5C: result += "\\\\"
    case let value where isPrint(value) && (!toASCII || value < 0x80):
      result.unicodeScalars.append(Unicode.Scalar(value) ?? " ")
    case 0..<0x20, 0x7F: result += "\\x" + hex(value, 2)
    case 0..<0x10000: result += "\\u" + hex(value, 4)
    default: result += "\\U" + hex(value, 8)
    }
  }

  /// Whether a text can stand between backquotes: one line of UTF-8 without control characters except tab.
  static func canBackquote(_ text: [UInt8]) -> Bool {
    var place = 0
    while place < text.count {
      let (value, width) = scalar(text, at: place)
      if (value == 0xFFFD && width == 1) || value == 0xFEFF || value == 0x60 || value == 0x7F { return false }
      if value < 0x20, value != 9 { return false }
      place += width
    }
    return true
  }

  /// `U+0040 '@'`
  static func character(_ value: UInt32) -> String {
    let number = "U+" + hex(value, 4).uppercased()
    guard isPrint(value), let scalar = Unicode.Scalar(value) else { return number }
    return "\(number) '\(Character(scalar))'"
  }

  private static func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols, and the ASCII space.
  static func isPrint(_ value: UInt32) -> Bool {
    if value < 0x7F { return value >= 0x20 }
    guard let scalar = Unicode.Scalar(value) else { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}

/// Go's message for a literal that it rejects.
struct GoWords: Error {
  let text: String
  init(_ text: String) { self.text = text }
  static let syntax = GoWords("invalid syntax")
}
