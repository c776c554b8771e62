/// What is wrong with a JSON text, and where: `column` counts bytes from 1.
public struct JSONError: Error, Equatable, Sendable {
  public var reason: String
  public var column: Int
}

/// Checks one JSON text against RFC 8259 without building values, and records where the members of the top object are.
///
/// A level of nesting costs a few bytes and no stack, so a hostile line of a million brackets is just a long line.
/// Stricter than the grammar in one point: an object may not repeat a name, because readers disagree which one counts.
struct JSONTokenizer {
  /// Byte ranges within the line: the name with its quotes, and the value.
  struct Member {
    var name: Range<Int>
    var value: Range<Int>
  }

  private let bytes: UnsafeRawBufferPointer
  private var at = 0
  private(set) var members: [Member] = []
  /// The outermost object, braces included.
  private(set) var object: Range<Int> = 0..<0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Validates the whole text.
  /// - Parameter needsObject: true for a record, which must be an object.
  mutating func run(needsObject: Bool) throws(JSONError) {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      throw fail("a byte order mark is not allowed")
    }
    skipSpace()
    guard at < bytes.count else { throw fail("a value is missing") }
    if needsObject, bytes[at] != UInt8(ascii: "{") { throw fail("a record is an object: expected '{'") }
    let start = at
    try values()
    object = start..<at
    skipSpace()
    guard at == bytes.count else { throw fail("only one value is allowed on a line") }
  }

  private struct Level {
    var isObject: Bool
    /// The names seen in this object; compared unescaped.
    var names = SeenNames()
  }

  private mutating func values() throws(JSONError) {
    var levels: [Level] = []
    var name: Range<Int> = 0..<0
    var valueStart = 0

    next: while true {
      // Expect a value.
      skipSpace()
      guard at < bytes.count else { throw fail("the line ends in the middle of a value") }
      if levels.count == 1 { valueStart = at }
      switch bytes[at] {
      case UInt8(ascii: "{"):
        at += 1
        levels.append(Level(isObject: true))
        skipSpace()
        if peek() == UInt8(ascii: "}") {
          at += 1; levels.removeLast()
        } else {
          let found = try memberName(&levels[levels.count - 1])
          if levels.count == 1 { name = found }
          continue next
        }
      case UInt8(ascii: "["):
        at += 1
        levels.append(Level(isObject: false))
        skipSpace()
        if peek() == UInt8(ascii: "]") { at += 1; levels.removeLast() } else { continue next }
      case UInt8(ascii: "\""): try skipString()
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
      case UInt8(ascii: "t"): try skipWord("true")
      case UInt8(ascii: "f"): try skipWord("false")
      case UInt8(ascii: "n"): try skipWord("null")
      default: throw fail("expected a value")
      }

      // After a value: close levels, or go on to the next value.
      while true {
        // Only the flag: a copy of the level would make the next insertion copy the whole set of names.
        guard let inObject = levels.last?.isObject else { return }
        if levels.count == 1, inObject { members.append(Member(name: name, value: valueStart..<at)) }
        skipSpace()
        guard let byte = peek() else {
          throw fail("the line ends in the middle of \(inObject ? "an object" : "an array")")
        }
        if byte == UInt8(ascii: ",") {
          at += 1
          skipSpace()
          if inObject {
            let found = try memberName(&levels[levels.count - 1])
            if levels.count == 1 { name = found }
          }
          continue next
        }
        guard byte == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw fail(inObject ? "expected ',' or '}'" : "expected ',' or ']'")
        }
        at += 1
        levels.removeLast()
      }
    }
  }

  private mutating func memberName(_ level: inout Level) throws(JSONError) -> Range<Int> {
    guard peek() == UInt8(ascii: "\"") else { throw fail("expected a member name in quotes") }
    let start = at
    try skipString()
    let name = start..<at
    if !level.names.insert(name, in: bytes) {
      at = start
      throw fail("duplicate name \(String(decoding: bytes[name], as: UTF8.self))")
    }
    skipSpace()
    guard peek() == UInt8(ascii: ":") else { throw fail("expected ':' after a member name") }
    at += 1
    return name
  }

  private func peek() -> UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  private mutating func skipWord(_ word: StaticString) throws(JSONError) {
    guard at + word.utf8CodeUnitCount <= bytes.count else { throw fail("expected '\(word)'") }
    for offset in 0..<word.utf8CodeUnitCount where bytes[at + offset] != word.utf8Start[offset] {
      throw fail("expected '\(word)'")
    }
    at += word.utf8CodeUnitCount
  }

  private mutating func skipNumber() throws(JSONError) {
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let leading = peek()
    guard skipDigits() else { throw fail("expected a digit") }
    if leading == UInt8(ascii: "0"), isDigit(bytes[at - 1]), at >= 2, isDigit(bytes[at - 2]) {
      throw fail("a number has no leading zero")
    }
    if peek() == UInt8(ascii: ".") {
      at += 1
      guard skipDigits() else { throw fail("expected a digit after '.'") }
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      at += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { at += 1 }
      guard skipDigits() else { throw fail("expected a digit in the exponent") }
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private mutating func skipDigits() -> Bool {
    let start = at
    while let byte = peek(), isDigit(byte) { at += 1 }
    return at > start
  }

  private mutating func skipString() throws(JSONError) {
    let start = at
    at += 1
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        return
      case UInt8(ascii: "\\"):
        try skipEscape()
      case 0..<0x20:
        throw fail("a control character must be escaped")
      case 0x20..<0x80:
        at += 1
      default:
        try skipMultibyte(byte)
      }
    }
    at = start
    throw fail("a string is not closed")
  }

  private mutating func skipEscape() throws(JSONError) {
    guard at + 1 < bytes.count else { throw fail("a string is not closed") }
    switch bytes[at + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 2
    case UInt8(ascii: "u"):
      guard at + 5 < bytes.count, (2...5).allSatisfy({ hexValue(bytes[at + $0]) != nil }) else {
        throw fail("expected four hex digits after '\\u'")
      }
      at += 6
    default: throw fail("unknown escape")
    }
  }

  /// Well-formed UTF-8 only: no overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629, section 4).
  private mutating func skipMultibyte(_ lead: UInt8) throws(JSONError) {
    func next(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      at + offset < bytes.count && range.contains(bytes[at + offset])
    }
    let length: Int
    switch lead {
    case 0xC2...0xDF where next(1): length = 2
    case 0xE0 where next(1, 0xA0...0xBF) && next(2): length = 3
    case 0xED where next(1, 0x80...0x9F) && next(2): length = 3
    case 0xE1...0xEF where lead != 0xED && next(1) && next(2): length = 3
    case 0xF0 where next(1, 0x90...0xBF) && next(2) && next(3): length = 4
    case 0xF1...0xF3 where next(1) && next(2) && next(3): length = 4
    case 0xF4 where next(1, 0x80...0x8F) && next(2) && next(3): length = 4
    default: throw fail("the bytes are not UTF-8")
    }
    at += length
  }

  private func fail(_ reason: String) -> JSONError { JSONError(reason: reason, column: at + 1) }
}

/// The names of one object. Searches a short list, hashes a long one: an object of a million names takes linear time.
private struct SeenNames {
  private var ranges: [Range<Int>] = []
  private var hashed: Set<[UInt8]> = []

  mutating func insert(_ name: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Bool {
    let escaped = bytes[name].contains(UInt8(ascii: "\\"))
    if hashed.isEmpty, ranges.count < 16, !escaped {
      let candidate = UnsafeRawBufferPointer(rebasing: bytes[name])
      for other in ranges where UnsafeRawBufferPointer(rebasing: bytes[other]).elementsEqual(candidate) { return false }
      ranges.append(name)
      return true
    }
    if hashed.isEmpty { for other in ranges { hashed.insert(unescaped(other, bytes)) } }
    return hashed.insert(unescaped(name, bytes)).inserted
  }

  private func unescaped(_ name: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    JSONString.unescape(UnsafeRawBufferPointer(rebasing: bytes[(name.lowerBound + 1)..<(name.upperBound - 1)]))
  }
}

func hexValue(_ byte: UInt8) -> UInt16? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
  default: nil
  }
}
