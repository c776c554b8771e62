import Command

/// Words, quotes and variables in a Dockerfile's instructions.
/// https://docs.docker.com/reference/dockerfile/#environment-replacement
package enum DockerfileWords {
  /// Splits at blanks outside quotes. Keeps quotes and escapes.
  package static func split(_ text: String, escape: UInt8) -> [String] {
    var words: [String] = [], word: [UInt8] = [], quote: UInt8?
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == escape, quote != UInt8(ascii: "'"), let next = bytes.popFirst() {
        word += [byte, next]
      } else if let open = quote {
        word.append(byte)
        if byte == open { quote = nil }
      } else if Dockerfile.isBlank(byte) {
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)); word = [] }
      } else {
        word.append(byte)
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { quote = byte }
      }
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }

  /// The word without quotes and escapes, variables not expanded.
  static func unquoted(_ word: String, escape: UInt8) -> String { expand(word, escape: escape) { "$\($0)" } ?? word }

  /// Parses `NAME=VALUE` words of `ENV`, `ARG` and `LABEL`, or the old form `NAME VALUE…`. nil for a missing value.
  package static func pairs(_ text: String, escape: UInt8, oldForm: Bool) -> [(name: String, value: String?)] {
    let words = split(text, escape: escape)
    if oldForm, let first = words.first, first.cut(at: "=") == nil {
      return [(first, String(Dockerfile.cut(Substring(text)).rest))]
    }
    return words.map { word in
      word.cut(at: "=").map { ($0.before, $0.after) } ?? (word, nil)
    }
  }

  /// The longest word, in bytes: Linux accepts no longer argument or variable (MAX_ARG_STRLEN).
  static let limit = 128 << 10
  /// The longest value that patterns are applied to, and the deepest nesting of patterns.
  static let patternLimit = 1 << 10, depthLimit = 50

  /// The word with quotes and escapes resolved and variables expanded, unset ones to nothing. nil if it is too long.
  package static func expand(_ word: String, escape: UInt8, value: @escaping (String) -> String?) -> String? {
    var expansion = Expansion(rest: Array(word.utf8)[...], escape: escape, value: value)
    let bytes = expansion.run(until: nil)
    return expansion.isTooLong ? nil : String(decoding: bytes, as: UTF8.self)
  }
}

private struct Expansion {
  var rest: ArraySlice<UInt8>
  let escape: UInt8
  let value: (String) -> String?
  private(set) var isTooLong = false
  private var depth = 0

  init(rest: ArraySlice<UInt8>, escape: UInt8, value: @escaping (String) -> String?) {
    self.rest = rest
    self.escape = escape
    self.value = value
  }

  /// Expands up to an unquoted `end`, which is consumed, or to the end of the word.
  mutating func run(until end: UInt8?) -> [UInt8] {
    var out: [UInt8] = [], inDouble = false
    depth += 1
    defer { depth -= 1 }
    if depth > DockerfileWords.depthLimit { isTooLong = true }
    while !isTooLong, let byte = rest.popFirst() {
      if byte == end, !inDouble { return out }
      switch byte {
      case UInt8(ascii: "'") where !inDouble:
        while let quoted = rest.popFirst(), quoted != UInt8(ascii: "'") { out.append(quoted) }
      case UInt8(ascii: "\""): inDouble.toggle()
      case escape:
        guard let next = rest.popFirst() else { out.append(byte); break }
        // Inside double quotes the escape character escapes only these.
        if inDouble, next != UInt8(ascii: "\""), next != UInt8(ascii: "$"), next != escape { out.append(byte) }
        out.append(next)
      case UInt8(ascii: "$"): out += variable()
      default: out.append(byte)
      }
      if out.count > DockerfileWords.limit { isTooLong = true }
    }
    return out
  }

  /// A value to apply a pattern to, which takes quadratic time.
  private mutating func text(_ value: String?) -> [UInt8] {
    let text = Array((value ?? "").utf8)
    if text.count > DockerfileWords.patternLimit { isTooLong = true }
    return isTooLong ? [] : text
  }

  private mutating func variable() -> [UInt8] {
    guard rest.first == UInt8(ascii: "{") else {
      let name = takeName()
      return name.isEmpty ? [UInt8(ascii: "$")] : Array((value(name) ?? "").utf8)
    }
    rest.removeFirst()
    let name = takeName()
    let found = value(name)
    var treatsEmptyAsUnset = false
    if rest.first == UInt8(ascii: ":") { treatsEmptyAsUnset = true; rest.removeFirst() }
    let isSet = found.map { !(treatsEmptyAsUnset && $0.isEmpty) } ?? false
    guard let sign = rest.popFirst(), sign != UInt8(ascii: "}") else { return Array((found ?? "").utf8) }
    switch sign {
    case UInt8(ascii: "-"), UInt8(ascii: "?"):
      let word = run(until: UInt8(ascii: "}"))
      if isSet { return Array((found ?? "").utf8) }
      // With `?` the builder stops with an error; there is no value.
      return sign == UInt8(ascii: "-") ? word : []
    case UInt8(ascii: "+"):
      let word = run(until: UInt8(ascii: "}"))
      return isSet ? word : []
    case UInt8(ascii: "#"), UInt8(ascii: "%"):
      let longest = rest.first == sign
      if longest { rest.removeFirst() }
      let pattern = run(until: UInt8(ascii: "}"))
      return Glob(pattern).cutting(sign == UInt8(ascii: "#") ? .front : .back, of: text(found), longest: longest)
    case UInt8(ascii: "/"):
      let all = rest.first == sign
      if all { rest.removeFirst() }
      let pattern = run(until: UInt8(ascii: "/"))
      let new = run(until: UInt8(ascii: "}"))
      return Glob(pattern).replacing(in: text(found), with: new, all: all)
    default:
      _ = run(until: UInt8(ascii: "}"))
      return Array((found ?? "").utf8)
    }
  }

  /// A name of letters, digits and `_`, or a single digit, like a shell's `$1`.
  private mutating func takeName() -> String {
    let name = rest.prefix { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == UInt8(ascii: "_")
    }
    let length = name.first.map { (0x30...0x39).contains($0) } == true ? 1 : name.count
    defer { rest = rest.dropFirst(length) }
    return String(decoding: name.prefix(length), as: UTF8.self)
  }
}

/// A pattern of `*` and `?`, for `${name#pattern}` and the like.
private struct Glob {
  enum Side { case front, back }
  let pattern: [UInt8]

  init(_ pattern: [UInt8]) { self.pattern = pattern }

  private func matches(_ text: ArraySlice<UInt8>) -> Bool {
    var at = 0, place = text.startIndex, star: (pattern: Int, text: Int)?
    while place < text.endIndex {
      if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
        star = (at, place)
        at += 1
      } else if at < pattern.count, pattern[at] == UInt8(ascii: "?") || pattern[at] == text[place] {
        at += 1
        place += 1
      } else if let back = star {
        at = back.pattern + 1
        place = back.text + 1
        star = (back.pattern, place)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  func cutting(_ side: Side, of text: [UInt8], longest: Bool) -> [UInt8] {
    let lengths = longest ? Array((0...text.count).reversed()) : Array(0...text.count)
    for length in lengths where matches(side == .front ? text[..<length] : text[(text.count - length)...]) {
      return Array(side == .front ? text[length...] : text[..<(text.count - length)])
    }
    return text
  }

  func replacing(in text: [UInt8], with new: [UInt8], all: Bool) -> [UInt8] {
    var out: [UInt8] = [], at = 0
    while at < text.count {
      if let end = (at + 1...text.count).reversed().first(where: { matches(text[at..<$0]) }) {
        out += new
        at = end
        if !all { break }
      } else {
        out.append(text[at])
        at += 1
      }
    }
    return out + text[at...]
  }
}
