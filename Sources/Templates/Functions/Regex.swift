import CRE2

extension Sprig {
  mutating func addRegularExpressions() {
    let memory = ExpressionMemory()
    addBoth(memory, "egexMatch") { expression, text, _, _ in .bool(expression.match(text, from: 0, groups: 1) != nil) }
    addBoth(memory, "egexFind") { expression, text, _, _ in
      .string(expression.match(text, from: 0, groups: 1).map { Array(text[$0[0]..<$0[1]]) } ?? [])
    }
    addBoth(memory, "egexFindAll", [.int]) { expression, text, arguments, _ in
      let found = expression.matches(text, limit: arguments[2].int).map { Value.string(Array(text[$0])) }
      return .list(GoList(found, .strings, isNil: found.isEmpty))
    }
    addBoth(memory, "egexReplaceAll", [.string]) { expression, text, arguments, call in
      let template = arguments[2].text
      guard template.contains(UInt8(ascii: "$")) else {
        return .string(try expression.replaced(text, groups: 1, call) { $1 += template })
      }
      return .string(
        try expression.replaced(text, groups: expression.groups + 1, call) {
          expression.expand(template, text, $0, to: &$1)
        })
    }
    addBoth(memory, "egexReplaceAllLiteral", [.string]) { expression, text, arguments, call in
      .string(try expression.replaced(text, groups: 1, call) { $1 += arguments[2].text })
    }
    addBoth(memory, "egexSplit", [.int]) { expression, text, arguments, _ in
      guard let parts = expression.split(text, limit: arguments[2].int) else {
        return .list(GoList([], .strings, isNil: true))
      }
      return Value(strings: parts)
    }
    addText("regexQuoteMeta") { text in
      text.flatMap { "\\.+*?()|[]{}^$".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    }
  }
  private typealias Body = (Expression, _ text: [UInt8], _ arguments: [Value], Execution) throws -> Value

  /// Under the plain name a bad expression is a panic of Go's MustCompile, under that with `must` an error.
  private mutating func addBoth(
    _ memory: ExpressionMemory, _ name: String, _ parameters: [Function.Parameter] = [], _ body: @escaping Body
  ) {
    for isMust in [false, true] {
      add(isMust ? "mustR\(name)" : "r\(name)", takes: [.string, .string] + parameters) { call, arguments in
        let pattern = arguments[0].text
        // To Go a byte that is not UTF-8 is a character, to RE2 it is none.
        guard Text.isUTF8(arguments[1].text) else { throw RenderFailure.unknown }
        switch memory.expression(pattern) {
        case .success(let expression): return try body(expression, arguments[1].text, arguments, call)
        case .failure(let problem):
          guard let text = problem.text else { throw RenderFailure.unknown }
          if isMust { throw RenderFailure.failed(text) }
          if name == "egexMatch" { return .bool(false) }
          throw RenderFailure.failed("regexp: Compile(\(Expression.shown(pattern))): \(text)")
        }
      }
    }
  }
}

/// The expressions of a rendering that have been compiled: charts use the same few in many places.
private final class ExpressionMemory {
  private var known: [[UInt8]: Result<Expression, Expression.Fault>] = [:]

  func expression(_ pattern: [UInt8]) -> Result<Expression, Expression.Fault> {
    if let known = known[pattern] { return known }
    let result = Result { () throws(Expression.Fault) in try Expression(pattern) }
    if known.count < 256 { known[pattern] = result }
    return result
  }
}

/// A regular expression as Go's regexp has it, by RE2, from which it stems. https://pkg.go.dev/regexp/syntax
final class Expression {
  /// Why an expression is refused, in Go's words; nil: it is not known whether Go refuses it.
  struct Fault: Error {
    let text: String?
  }

  private let compiled: OpaquePointer
  /// Without the whole match.
  let groups: Int
  private let isOfNothing: Bool

  init(_ pattern: [UInt8]) throws(Fault) {
    let (text, isOdd) = Self.spelled(pattern)
    // Go takes parentheses a thousand deep.
    guard pattern.count(where: { $0 == UInt8(ascii: "(") }) < 900 else { throw Fault(text: nil) }
    // \C is RE2's alone.
    if isOdd { throw Fault(text: "error parsing regexp: invalid escape sequence: `\\C`") }
    var fault = cre2_error()
    let compiled = text.withUnsafeBytes { text in
      cre2_compile(text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, &fault)
    }
    guard let compiled else { throw Self.problem(fault) }
    (self.compiled, isOfNothing) = (compiled, pattern.isEmpty)
    groups = Int(cre2_group_count(compiled))
  }

  deinit { cre2_free(compiled) }

  private static func problem(_ fault: cre2_error) -> Fault {
    // RE2's ErrorCode, and Go's words for the same.
    let words: String
    switch fault.code {
    case 2: words = "invalid escape sequence"
    case 3: words = "invalid character class"
    case 4: words = "invalid character class range"
    case 5: words = "missing closing ]"
    case 6: words = "missing closing )"
    case 7: words = "unexpected )"
    case 8: words = "trailing backslash at end of expression"
    case 9: words = "missing argument to repetition operator"
    case 10: words = "invalid repeat count"
    case 11: words = "invalid nested repetition operator"
    case 12: words = "invalid or unsupported Perl syntax"
    case 14: words = "invalid named capture"
    // Too large for RE2, or an error of its own; of what is not UTF-8 Go tells another part.
    default: return Fault(text: nil)
    }
    let part = withUnsafeBytes(of: fault.part) { String(decoding: $0.prefix(fault.part_count), as: UTF8.self) }
    return Fault(text: "error parsing regexp: \(words): `\(fault.code == 8 ? "" : part)`")
  }

  /// As RE2 spells it: Go also takes `(?<name>` for `(?P<name>`. Says whether there is a `\C`.
  private static func spelled(_ pattern: [UInt8]) -> (pattern: [UInt8], hasAnyByte: Bool) {
    var result: [UInt8] = [], place = 0, isClass = false, hasAnyByte = false
    while place < pattern.count {
      let rest = pattern[place...], byte = pattern[place]
      if byte == UInt8(ascii: "\\"), rest.count > 1 {
        if rest.starts(with: "\\Q".utf8), !isClass {
          let end = Text.find(Array("\\E".utf8), in: pattern, from: place + 2) ?? pattern.count
          result += pattern[place..<end]
          place = end
          continue
        }
        if pattern[place + 1] == UInt8(ascii: "C") { hasAnyByte = true }
        result += pattern[place..<(place + 2)]
        place += 2
        continue
      }
      if isClass {
        if byte == UInt8(ascii: "]") { isClass = false }
      } else if byte == UInt8(ascii: "[") {
        isClass = true
        // A bracket that comes first stands for itself.
        let inner = rest.dropFirst().first == UInt8(ascii: "^") ? 2 : 1
        if rest.dropFirst(inner).first == UInt8(ascii: "]") {
          result += rest.prefix(inner + 1)
          place += inner + 1
          continue
        }
      } else if rest.starts(with: "(?<".utf8) {
        result += "(?P<".utf8
        place += 3
        continue
      }
      result.append(byte)
      place += 1
    }
    return (result, hasAnyByte)
  }

  /// In backquotes, if Go can.
  static func shown(_ pattern: [UInt8]) -> String {
    let isPlain = Text.scalars(pattern).allSatisfy {
      $0 >= 0x20 && $0 != 0x60 && $0 != 0x7F && $0 != 0xFFFD && $0 != 0xFEFF || $0 == 0x09
    }
    return isPlain ? "`\(String(decoding: pattern, as: UTF8.self))`" : GoQuote.quoted(pattern)
  }

  // MARK: matches

  /// The leftmost match from a place on: start and end of it and of its groups, -1 for a group that has no part in it.
  func match(_ text: [UInt8], from start: Int, groups: Int) -> [Int]? {
    var spans = [Int](repeating: -1, count: 2 * groups)
    let isFound = text.withUnsafeBytes { text in
      cre2_match(
        compiled, text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, start, &spans,
        Int32(truncatingIfNeeded: groups)) != 0
    }
    return isFound ? spans : nil
  }

  /// All matches that do not overlap; no empty one right behind another.
  func matches(_ text: [UInt8], limit: Int) -> [Range<Int>] {
    var found: [Range<Int>] = [], place = 0, last = -1
    while limit < 0 || found.count < limit, place <= text.count, let spans = match(text, from: place, groups: 1) {
      let range = spans[0]..<spans[1]
      let isAfterLast = range.upperBound == place && range.lowerBound == last
      if range.upperBound == place {
        place += place < text.count ? GoQuote.scalar(text, at: place).width : 1
      } else {
        place = range.upperBound
      }
      last = range.upperBound
      if !isAfterLast { found.append(range) }
    }
    return found
  }

  /// - Parameter replacement: appends what stands for a match.
  func replaced(
    _ text: [UInt8], groups: Int, _ call: Execution, _ replacement: ([Int], inout [UInt8]) -> Void
  ) throws(RenderFailure) -> [UInt8] {
    var result: [UInt8] = [], done = 0, place = 0
    while place <= text.count, let spans = match(text, from: place, groups: groups) {
      result += text[done..<spans[0]]
      if spans[1] > done || spans[0] == 0 { replacement(spans, &result) }
      try call.reserve(result.count)
      done = spans[1]
      let width = place < text.count ? GoQuote.scalar(text, at: place).width : 0
      place = place + width > done ? place + width : place + 1 > done ? place + 1 : done
    }
    return result + text[done...]
  }

  /// As Go's Split; nil for a limit of 0.
  func split(_ text: [UInt8], limit: Int) -> [[UInt8]]? {
    if limit == 0 { return nil }
    var parts: [[UInt8]] = [], start = 0, end = 0
    if text.isEmpty { return isOfNothing ? [] : [[]] }
    for match in matches(text, limit: limit) {
      if limit > 0, parts.count == limit - 1 { break }
      end = match.lowerBound
      if match.upperBound != 0 { parts.append(Array(text[start..<end])) }
      start = match.upperBound
    }
    if end != text.count { parts.append(Array(text[start...])) }
    return parts
  }

  /// `$1`, `${1}`, `$name`, `$$`. A name goes as far as letters, digits and `_` do.
  func expand(_ template: [UInt8], _ text: [UInt8], _ spans: [Int], to result: inout [UInt8]) {
    let dollar = UInt8(ascii: "$")
    var rest = template[...]
    while let mark = rest.firstIndex(of: dollar) {
      result += rest[..<mark]
      rest = rest[(mark + 1)...]
      if rest.first == dollar {
        result.append(dollar)
        rest = rest.dropFirst()
        continue
      }
      let isBraced = rest.first == UInt8(ascii: "{")
      var end = rest.startIndex + (isBraced ? 1 : 0)
      let start = end
      while end < rest.endIndex {
        let (value, width) = GoQuote.scalar(rest, at: end)
        guard Text.isLetter(value) || Text.isDigit(value) || value == 0x5F else { break }
        end += width
      }
      guard end > start, !isBraced || end < rest.endIndex && rest[end] == UInt8(ascii: "}") else {
        result.append(dollar)
        continue
      }
      let name = rest[start..<end]
      rest = rest[(end + (isBraced ? 1 : 0))...]
      let group = number(name) ?? named(name)
      if let group, group < spans.count / 2, spans[2 * group] >= 0 {
        result += text[spans[2 * group]..<spans[2 * group + 1]]
      }
    }
    result += rest
  }

  private func number(_ name: ArraySlice<UInt8>) -> Int? {
    guard name.count < 10, name.allSatisfy({ $0 &- 0x30 < 10 }), name.first != 0x30 || name.count == 1 else {
      return nil
    }
    return name.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private func named(_ name: ArraySlice<UInt8>) -> Int? {
    let group = name.withUnsafeBytes { name in
      cre2_group(compiled, name.baseAddress?.assumingMemoryBound(to: CChar.self), name.count)
    }
    return group < 0 ? nil : Int(group)
  }
}
