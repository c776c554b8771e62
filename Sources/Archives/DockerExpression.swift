/// The regular expressions a `.dockerignore` comes to, in the syntax of Go's `regexp` (https://github.com/google/re2/wiki/Syntax):
/// runes, escapes, classes, `.`, `^`, `$`, and `*` and `?` behind a class or a group. Alternatives and counts never arise.
///
/// All states are followed at once, so that no pattern of a hostile tree takes more than its length times the path's.
struct DockerExpression: Sendable {
  fileprivate enum Step: Sendable {
    case rune(RuneSet)
    case split(Int, Int)
    case begin, end
    case boundary(Bool)
  }

  private let steps: [Step]
  /// Every match ends in these bytes; looked at first, because most paths do not.
  private let tail: [UInt8]

  /// nil when Go would refuse the expression.
  init?(_ source: [UInt32]) {
    var parser = ExpressionParser(source)
    guard let steps = parser.parse() else { return nil }
    self.steps = steps
    tail = Array(parser.tail)
  }

  func matches(_ path: [UInt8]) -> Bool {
    guard path.count >= tail.count, path.suffix(tail.count).elementsEqual(tail) else { return false }
    let runes = Rune.all(path)
    var current: [Int] = []
    var marks = [Int](repeating: -1, count: steps.count + 1)
    add(0, at: 0, runes, &current, &marks)
    for at in runes.indices {
      var next: [Int] = []
      for state in current where state < steps.count {
        if case .rune(let set) = steps[state], set.contains(runes[at]) { add(state + 1, at: at + 1, runes, &next, &marks) }
      }
      if next.isEmpty { return false }
      current = next
    }
    return current.contains(steps.count)
  }

  private func add(_ start: Int, at: Int, _ runes: [UInt32], _ states: inout [Int], _ marks: inout [Int]) {
    var pending = [start]
    while let state = pending.popLast() {
      guard marks[state] != at else { continue }
      marks[state] = at
      guard state < steps.count else { states.append(state); continue }
      switch steps[state] {
      case .rune: states.append(state)
      case .split(let one, let other): pending += [other, one]
      case .begin: if at == 0 { pending.append(state + 1) }
      case .end: if at == runes.count { pending.append(state + 1) }
      case .boundary(let wanted):
        let before = at > 0 && RuneSet.word.contains(runes[at - 1]), after = at < runes.count && RuneSet.word.contains(runes[at])
        if (before != after) == wanted { pending.append(state + 1) }
      }
    }
  }
}

/// A class of runes.
struct RuneSet: Sendable {
  var ranges: [ClosedRange<UInt32>]

  init(_ ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

  func contains(_ rune: UInt32) -> Bool { ranges.contains { $0.contains(rune) } }

  var inverted: RuneSet {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
      next = max(next, range.upperBound + 1)
    }
    if next <= 0x10FFFF { result.append(next...0x10FFFF) }
    return RuneSet(result)
  }

  static let anyButNewline = RuneSet([0x0A...0x0A]).inverted
  static let digit = RuneSet([0x30...0x39])
  static let space = RuneSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
  static let word = RuneSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])

  /// Behind a backslash.
  static let perl: [UInt32: RuneSet] = [
    0x64: digit, 0x44: digit.inverted, 0x73: space, 0x53: space.inverted, 0x77: word, 0x57: word.inverted,
  ]

  /// Between `[:` and `:]`.
  static let posix: [String: RuneSet] = [
    "alnum": RuneSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]), "alpha": RuneSet([0x41...0x5A, 0x61...0x7A]), "ascii": RuneSet([0...0x7F]),
    "blank": RuneSet([0x09...0x09, 0x20...0x20]), "cntrl": RuneSet([0...0x1F, 0x7F...0x7F]), "digit": digit, "graph": RuneSet([0x21...0x7E]),
    "lower": RuneSet([0x61...0x7A]), "print": RuneSet([0x20...0x7E]), "punct": RuneSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
    "space": RuneSet([0x09...0x0D, 0x20...0x20]), "upper": RuneSet([0x41...0x5A]), "word": word,
    "xdigit": RuneSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
  ]
}

private struct ExpressionParser {
  private var rest: ArraySlice<UInt32>
  private var steps: [DockerExpression.Step] = []
  private(set) var tail: [UInt8] = []

  init(_ source: [UInt32]) { rest = source[...] }

  /// nil when the syntax is not Go's.
  mutating func parse() -> [DockerExpression.Step]? { sequence() && rest.isEmpty ? steps : nil }

  private mutating func sequence() -> Bool {
    while let rune = rest.first, rune != scalar(")") {
      rest.removeFirst()
      let start = steps.count
      switch rune {
      case scalar("^"): steps.append(.begin); tail = []
      case scalar("$"): steps.append(.end)
      case scalar("."): steps.append(.rune(.anyButNewline)); tail = []
      case scalar("("):
        guard sequence(), rest.popFirst() == scalar(")") else { return false }
        tail = []
      case scalar("["):
        guard let set = set() else { return false }
        steps.append(.rune(set))
        tail = []
      case scalar("\\"): guard escape() else { return false }
      case scalar("*"), scalar("?"), scalar("+"): return false
      default: literal(rune)
      }
      repeated(from: start)
    }
    return true
  }

  private mutating func literal(_ rune: UInt32) {
    steps.append(.rune(RuneSet([rune...rune])))
    // U+FFFD stands for any byte that is not UTF-8.
    if rune == Rune.invalid { tail = [] } else if let scalar = Unicode.Scalar(rune) { tail += Array(String(Character(scalar)).utf8) }
  }

  /// Wraps what was parsed last into the loop or the option that a `*` or `?` behind it asks for.
  private mutating func repeated(from start: Int) {
    guard rest.first == scalar("*") || rest.first == scalar("?") else { return }
    let loops = rest.removeFirst() == scalar("*")
    let body = steps[start...].map { step in
      if case .split(let one, let other) = step { DockerExpression.Step.split(one + 1, other + 1) } else { step }
    }
    let end = start + 1 + body.count + (loops ? 1 : 0)
    steps.replaceSubrange(start..., with: [.split(start + 1, end)] + body + (loops ? [.split(start, start)] : []))
    tail = []
  }

  private mutating func escape() -> Bool {
    guard let rune = rest.first else { return false }
    if let set = RuneSet.perl[rune] {
      rest.removeFirst()
      steps.append(.rune(set))
      tail = []
      return true
    }
    switch rune {
    case scalar("A"), scalar("z"):
      rest.removeFirst()
      steps.append(rune == scalar("A") ? .begin : .end)
      if rune == scalar("A") { tail = [] }
      return true
    case scalar("b"), scalar("B"):
      rest.removeFirst()
      steps.append(.boundary(rune == scalar("b")))
      return true
    case scalar("Q"):
      rest.removeFirst()
      while let next = rest.popFirst() {
        if next == scalar("\\"), rest.first == scalar("E") { rest.removeFirst(); break }
        literal(next)
      }
      return true
    default:
      guard let value = escaped() else { return false }
      literal(value)
      return true
    }
  }

  /// A backslash and what follows it, where that is a single rune.
  private mutating func escaped() -> UInt32? {
    guard let rune = rest.popFirst() else { return nil }
    switch rune {
    case scalar("0")...scalar("7"):
      let isOctal = { (rune: UInt32?) in rune.map { (scalar("0")...scalar("7")).contains($0) } ?? false }
      if rune != scalar("0"), !isOctal(rest.first) { return nil }
      var value = rune - scalar("0")
      for _ in 0..<2 where isOctal(rest.first) { value = value * 8 + (rest.removeFirst() - scalar("0")) }
      return value
    case scalar("x"):
      let digits = rest.prefix(2).compactMap { Unicode.Scalar($0).flatMap { Character($0).hexDigitValue } }
      guard digits.count == 2, rest.prefix(2).allSatisfy({ $0 < 0x80 }) else { return nil }
      rest.removeFirst(2)
      return UInt32(digits[0] * 16 + digits[1])
    case scalar("a"): return 0x07
    case scalar("f"): return 0x0C
    case scalar("n"): return 0x0A
    case scalar("r"): return 0x0D
    case scalar("t"): return 0x09
    case scalar("v"): return 0x0B
    default: return rune < 0x80 && !(RuneSet.posix["alnum"]?.contains(rune) ?? true) ? rune : nil
    }
  }

  private mutating func set() -> RuneSet? {
    let negated = rest.first == scalar("^")
    if negated { rest.removeFirst() }
    var ranges: [ClosedRange<UInt32>] = []
    var isFirst = true
    while isFirst || rest.first != scalar("]") {
      isFirst = false
      guard let rune = rest.first else { return nil }
      if rune == scalar("["), rest.count > 2, rest.dropFirst().first == scalar(":"), let end = endOfName() {
        let name = String(String.UnicodeScalarView(rest[(rest.startIndex + 2)..<end].compactMap(Unicode.Scalar.init)))
        let inverted = name.hasPrefix("^")
        guard let named = RuneSet.posix[inverted ? String(name.dropFirst()) : name] else { return nil }
        ranges += (inverted ? named.inverted : named).ranges
        rest = rest[(end + 2)...]
        continue
      }
      if rune == scalar("\\"), let set = rest.dropFirst().first.flatMap({ RuneSet.perl[$0] }) {
        rest.removeFirst(2)
        ranges += set.ranges
        continue
      }
      guard let low = member() else { return nil }
      var high = low
      if rest.count >= 2, rest.first == scalar("-"), rest.dropFirst().first != scalar("]") {
        rest.removeFirst()
        guard let rune = member(), rune >= low else { return nil }
        high = rune
      }
      ranges.append(low...high)
    }
    rest.removeFirst()
    return negated ? RuneSet(ranges).inverted : RuneSet(ranges)
  }

  private func endOfName() -> Int? {
    var at = rest.startIndex + 2
    while at + 1 < rest.endIndex {
      if rest[at] == scalar(":"), rest[at + 1] == scalar("]") { return at }
      at += 1
    }
    return nil
  }

  private mutating func member() -> UInt32? {
    guard let rune = rest.popFirst() else { return nil }
    return rune == scalar("\\") ? escaped() : rune
  }
}

private func scalar(_ text: Unicode.Scalar) -> UInt32 { text.value }
