/// Splits a template into words, as Go's text/template does. What it refuses ends the words with a token `.error`.
struct Lexer {
  enum Kind: UInt8 {
    case error, bool, character, characterConstant, complex, assign, declare, eof, field, identifier, leftBraces,
      leftParenthesis, number, pipe
    case rawString, rightBraces, rightParenthesis, space, string, text, variable
    // Words of the language.
    case block, `break`, `continue`, dot, define, `else`, end, `if`, `nil`, range, template, with
  }

  struct Token {
    var kind: Kind
    var start: Int
    var end: Int
  }

  private let source: UnsafeBufferPointer<UInt8>
  private var place = 0
  private var start = 0
  private var isInside = false
  private var isOver = false
  private var parentheses = 0
  /// The end of each comment of several lines, and the line ends in it.
  private(set) var comments: [(end: Int, lines: Int)] = []
  /// Of the token `.error`.
  private(set) var errorText = ""

  init(_ source: UnsafeBufferPointer<UInt8>) { self.source = source }

  /// The next token; `.eof` forever after the last one.
  mutating func next() -> Token {
    if isOver { return Token(kind: .eof, start: place, end: place) }
    return isInside ? inside() : text()
  }

  // MARK: text

  private mutating func text() -> Token {
    while true {
      guard let braces = find(UInt8(ascii: "{"), UInt8(ascii: "{"), from: place) else {
        place = source.count
        return place > start ? token(.text) : token(.eof)
      }
      if braces > start {
        place = braces
        var end = braces
        if hasLeftMarker(at: braces + 2) { while end > start, isSpace(source[end - 1]) { end -= 1 } }
        let text = Token(kind: .text, start: start, end: end)
        start = place
        if end > text.start { return text }
      }
      place = braces + 2
      let behindMarker = hasLeftMarker(at: place) ? place + 2 : place
      if has("/*", at: behindMarker) {
        place = behindMarker
        start = place
        if let error = comment() { return error }
        continue
      }
      let left = Token(kind: .leftBraces, start: braces, end: place)
      place = behindMarker
      start = place
      (isInside, parentheses) = (true, 0)
      return left
    }
  }

  /// Skips a comment; returns the error if it is not one.
  private mutating func comment() -> Token? {
    guard let end = find(UInt8(ascii: "*"), UInt8(ascii: "/"), from: place + 2) else {
      return error("unclosed comment")
    }
    let lines = source[place..<end].count { $0 == 0x0A }
    if lines > 0 { comments.append((end, lines)) }
    place = end + 2
    guard let trims = rightBraces(at: place) else { return error("comment ends before closing delimiter") }
    place += trims ? 4 : 2
    if trims { skipSpace() }
    start = place
    return nil
  }

  // MARK: inside braces

  private mutating func inside() -> Token {
    if let trims = rightBraces(at: place) {
      return parentheses == 0 ? close(trims: trims) : error("unclosed left paren")
    }
    guard place < source.count else { return error("unclosed action") }
    let byte = source[place]
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: return space()
    case UInt8(ascii: "="): return one(.assign)
    case UInt8(ascii: ":"):
      place += 1
      guard place < source.count, source[place] == UInt8(ascii: "=") else { return error("expected :=") }
      return one(.declare)
    case UInt8(ascii: "|"): return one(.pipe)
    case UInt8(ascii: "\""): return quoted(byte, .string, "unterminated quoted string")
    case UInt8(ascii: "'"): return quoted(byte, .characterConstant, "unterminated character constant")
    case UInt8(ascii: "`"):
      var end = place + 1
      while end < source.count, source[end] != byte { end += 1 }
      guard end < source.count else { return error("unterminated raw quoted string") }
      place = end + 1
      return token(.rawString)
    case UInt8(ascii: "$"):
      place += 1
      return word(.variable, alone: .variable)
    case UInt8(ascii: ".")
    where !(place + 1 < source.count && isDecimal(source[place + 1])) && place + 1 < source.count:
      place += 1
      return word(.field, alone: .dot)
    case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
    case UInt8(ascii: "("):
      parentheses += 1
      return one(.leftParenthesis)
    case UInt8(ascii: ")"):
      parentheses -= 1
      return parentheses < 0 ? error("unexpected right paren") : one(.rightParenthesis)
    default:
      let (value, width) = GoQuote.scalar(source, at: place)
      if isAlphanumeric(value) { return identifier() }
      if value < 0x7F, value >= 0x20 { return one(.character) }
      place += width
      return error("unrecognized character in action: \(GoQuote.character(value))")
    }
  }

  private mutating func close(trims: Bool) -> Token {
    if trims { place += 2 }
    let right = Token(kind: .rightBraces, start: place, end: place + 2)
    place += 2
    if trims { skipSpace() }
    start = place
    isInside = false
    return right
  }

  private mutating func space() -> Token {
    let first = place
    while place < source.count, isSpace(source[place]) { place += 1 }
    // A space before a trim marker belongs to it.
    if rightBraces(at: place - 1) == true {
      place -= 1
      // Go does not look for an open parenthesis here.
      if place == first { return close(trims: true) }
    }
    return token(.space)
  }

  private mutating func identifier() -> Token {
    let last = skipWord()
    guard isTerminator(at: place) else { return error("bad character \(GoQuote.character(last))") }
    return token(Lexer.keyword(source[start..<place]) ?? .identifier)
  }

  /// A field or a variable; its first character has been read.
  private mutating func word(_ kind: Kind, alone: Kind) -> Token {
    if isTerminator(at: place) { return token(alone) }
    let last = skipWord()
    guard isTerminator(at: place) else { return error("bad character \(GoQuote.character(last))") }
    return token(kind)
  }

  /// Skips letters and digits; returns the next character.
  private mutating func skipWord() -> UInt32 {
    while place < source.count {
      let (value, width) = GoQuote.scalar(source, at: place)
      guard isAlphanumeric(value) else { return value }
      place += width
    }
    return 0
  }

  private func isTerminator(at place: Int) -> Bool {
    guard place < source.count else { return true }
    return switch source[place] {
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "|"), UInt8(ascii: ":"),
      UInt8(ascii: ")"), UInt8(ascii: "("):
      true
    default: has("}}", at: place)
    }
  }

  private mutating func quoted(_ quote: UInt8, _ kind: Kind, _ problem: String) -> Token {
    var end = place + 1
    while end < source.count, source[end] != quote, source[end] != 0x0A {
      if source[end] == UInt8(ascii: "\\") {
        end += 1
        guard end < source.count, source[end] != 0x0A else { return error(problem) }
      }
      end += 1
    }
    guard end < source.count, source[end] == quote else { return error(problem) }
    place = end + 1
    return token(kind)
  }

  private mutating func number() -> Token {
    guard scanNumber() else { return badNumber() }
    guard place < source.count, source[place] == UInt8(ascii: "+") || source[place] == UInt8(ascii: "-") else {
      return token(.number)
    }
    guard scanNumber(), source[place - 1] == UInt8(ascii: "i") else { return badNumber() }
    return token(.complex)
  }

  private mutating func badNumber() -> Token { error("bad number syntax: \(GoQuote.quoted(source[start..<place]))") }

  /// Accepts more than numbers; `GoNumber` rejects the rest.
  private mutating func scanNumber() -> Bool {
    accept("+-")
    var digits = "0123456789_"
    if accept("0") {
      if accept("xX") {
        digits = "0123456789abcdefABCDEF_"
      } else if accept("oO") {
        digits = "01234567_"
      } else if accept("bB") {
        digits = "01_"
      }
    }
    while accept(digits) {}
    if accept(".") { while accept(digits) {} }
    if digits.utf8.count == 11, accept("eE") {
      accept("+-")
      while accept("0123456789_") {}
    }
    if digits.utf8.count == 23, accept("pP") {
      accept("+-")
      while accept("0123456789_") {}
    }
    accept("i")
    guard place < source.count else { return true }
    let (value, width) = GoQuote.scalar(source, at: place)
    guard isAlphanumeric(value) else { return true }
    place += width
    return false
  }

  @discardableResult private mutating func accept(_ set: String) -> Bool {
    guard place < source.count, set.utf8.contains(source[place]) else { return false }
    place += 1
    return true
  }

  // MARK: pieces

  private mutating func one(_ kind: Kind) -> Token {
    place += 1
    return token(kind)
  }

  private mutating func token(_ kind: Kind) -> Token {
    defer { start = place }
    return Token(kind: kind, start: start, end: place)
  }

  private mutating func error(_ text: String) -> Token {
    (errorText, isOver) = (text, true)
    return Token(kind: .error, start: start, end: place)
  }

  private mutating func skipSpace() { while place < source.count, isSpace(source[place]) { place += 1 } }

  /// Whether there are closing braces, and whether a trim marker precedes them.
  private func rightBraces(at place: Int) -> Bool? {
    if place + 3 < source.count, isSpace(source[place]), source[place + 1] == UInt8(ascii: "-"),
      has("}}", at: place + 2)
    {
      return true
    }
    return has("}}", at: place) ? false : nil
  }

  private func hasLeftMarker(at place: Int) -> Bool {
    place + 1 < source.count && source[place] == UInt8(ascii: "-") && isSpace(source[place + 1])
  }

  private func has(_ pair: StaticString, at place: Int) -> Bool {
    place + 1 < source.count && source[place] == pair.utf8Start[0] && source[place + 1] == pair.utf8Start[1]
  }

  private func find(_ first: UInt8, _ second: UInt8, from: Int) -> Int? {
    var place = from
    while place + 1 < source.count {
      if source[place] == first, source[place + 1] == second { return place }
      place += 1
    }
    return nil
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }
  private func isDecimal(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private func isAlphanumeric(_ value: UInt32) -> Bool {
    if value < 0x80 {
      let byte = UInt8(truncatingIfNeeded: value), letter = byte | 0x20
      return (0x61...0x7A).contains(letter) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
    }
    guard let scalar = Unicode.Scalar(value) else { return false }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
      return true
    default: return false
    }
  }

  /// The value of a digit of any base up to 16.
  static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x61...0x66: UInt32(byte - 0x61) + 10
    case 0x41...0x46: UInt32(byte - 0x41) + 10
    default: nil
    }
  }

  private static func keyword(_ word: UnsafeBufferPointer<UInt8>.SubSequence) -> Kind? {
    guard let first = word.first, (2...8).contains(word.count) else { return nil }
    func `is`(_ text: StaticString) -> Bool {
      word.count == text.utf8CodeUnitCount
        && word.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
    switch first {
    case UInt8(ascii: "b"): return `is`("block") ? .block : `is`("break") ? .break : nil
    case UInt8(ascii: "c"): return `is`("continue") ? .continue : nil
    case UInt8(ascii: "d"): return `is`("define") ? .define : nil
    case UInt8(ascii: "e"): return `is`("end") ? .end : `is`("else") ? .else : nil
    case UInt8(ascii: "f"): return `is`("false") ? .bool : nil
    case UInt8(ascii: "i"): return `is`("if") ? .if : nil
    case UInt8(ascii: "n"): return `is`("nil") ? .nil : nil
    case UInt8(ascii: "r"): return `is`("range") ? .range : nil
    case UInt8(ascii: "t"): return `is`("true") ? .bool : `is`("template") ? .template : nil
    case UInt8(ascii: "w"): return `is`("with") ? .with : nil
    default: return nil
    }
  }
}
