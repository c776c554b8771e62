/// The regular expressions that a `.dockerignore` translates to, in the syntax of Go's `regexp`
/// (https://github.com/google/re2/wiki/Syntax): runes, escapes, classes, `.`, `^`, `$`, `|`, counts, and `*` and `?`
/// after a class or a group.
///
/// All states are followed in parallel, so that no hostile pattern takes more time than its length times the path's.
struct DockerExpression: Sendable {
  fileprivate enum Step: Sendable {
    case rune(RuneSet)
    /// Continues at both targets, relative to this step.
    case split(Int, Int)
    case begin, end
    case boundary(Bool)
  }

  private let steps: [Step]
  /// Every match ends in these bytes. Checked first, because most paths do not.
  private let tail: [UInt8]
  /// With alternatives, only the first is anchored at the start and only the last at the end.
  private let isTied: Bool

  /// nil if Go would reject the expression.
  init?(_ source: [UInt32]) {
    var parser = ExpressionParser(source)
    guard let steps = parser.parse() else { return nil }
    self.steps = steps
    tail = parser.hasAlternatives ? [] : parser.tail
    isTied = !parser.hasAlternatives
  }

  func matches(_ path: [UInt8]) -> Bool {
    guard path.count >= tail.count, path.suffix(tail.count).elementsEqual(tail) else { return false }
    let runes = Rune.all(path)
    var current: [Int] = []
    var marks = [Int](repeating: -1, count: steps.count + 1)
    add(0, at: 0, runes, &current, &marks)
    for at in runes.indices {
      if !isTied, current.contains(steps.count) { return true }
      var next: [Int] = []
      for state in current where state < steps.count {
        if case .rune(let set) = steps[state], set.contains(runes[at]) {
          add(state + 1, at: at + 1, runes, &next, &marks)
        }
      }
      if !isTied { add(0, at: at + 1, runes, &next, &marks) }
      if next.isEmpty, isTied { return false }
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
      case .split(let one, let other): pending += [state + other, state + one]
      case .begin: if at == 0 { pending.append(state + 1) }
      case .end: if at == runes.count { pending.append(state + 1) }
      case .boundary(let wanted):
        let before = at > 0 && RuneSet.word.contains(runes[at - 1]),
          after = at < runes.count && RuneSet.word.contains(runes[at])
        if (before != after) == wanted { pending.append(state + 1) }
      }
    }
  }
}

/// A set of runes.
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

  /// Classes after a backslash.
  static let perl: [UInt32: RuneSet] = [
    0x64: digit, 0x44: digit.inverted, 0x73: space, 0x53: space.inverted, 0x77: word, 0x57: word.inverted
  ]

  /// Classes between `[:` and `:]`.
  static let posix: [String: RuneSet] = [
    "alnum": RuneSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]), "alpha": RuneSet([0x41...0x5A, 0x61...0x7A]),
    "ascii": RuneSet([0...0x7F]),
    "blank": RuneSet([0x09...0x09, 0x20...0x20]), "cntrl": RuneSet([0...0x1F, 0x7F...0x7F]), "digit": digit,
    "graph": RuneSet([0x21...0x7E]),
    "lower": RuneSet([0x61...0x7A]), "print": RuneSet([0x20...0x7E]),
    "punct": RuneSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
    "space": RuneSet([0x09...0x0D, 0x20...0x20]), "upper": RuneSet([0x41...0x5A]), "word": word,
    "xdigit": RuneSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
  ]
}

private struct ExpressionParser {
  typealias Steps = [DockerExpression.Step]

  private var rest: ArraySlice<UInt32>
  private(set) var tail: [UInt8] = []
  private(set) var hasAlternatives = false

  init(_ source: [UInt32]) { rest = source[...] }

  /// nil if the syntax is not Go's.
  mutating func parse() -> Steps? {
    guard let steps = alternatives(), rest.isEmpty else { return nil }
    return steps
  }

  private mutating func alternatives() -> Steps? {
    guard let first = sequence() else { return nil }
    guard rest.first == scalar("|") else { return first }
    rest.removeFirst()
    hasAlternatives = true
    guard let second = alternatives() else { return nil }
    return [.split(1, first.count + 2)] + first + [.split(second.count + 1, second.count + 1)] + second
  }

  private mutating func sequence() -> Steps? {
    var steps: Steps = []
    while let rune = rest.first, rune != scalar(")"), rune != scalar("|") {
      rest.removeFirst()
      var atom: Steps
      switch rune {
      case scalar("^"): atom = [.begin]; tail = []
      case scalar("$"): atom = [.end]
      case scalar("."): atom = [.rune(.anyButNewline)]; tail = []
      case scalar("("):
        guard let inside = alternatives(), rest.popFirst() == scalar(")") else { return nil }
        atom = inside
        tail = []
      case scalar("["):
        guard let set = set() else { return nil }
        atom = [.rune(set)]
        tail = []
      case scalar("\\"):
        guard let escape = escape() else { return nil }
        atom = escape
      case scalar("*"), scalar("?"), scalar("+"): return nil
      case scalar("{"):
        // A count here has nothing to repeat; after an atom, `repeated` consumes it.
        var ahead = self
        ahead.rest = [rune] + rest
        guard ahead.count() == nil else { return nil }
        atom = literal(rune)
      default: atom = literal(rune)
      }
      guard let repeated = repeated(atom) else { return nil }
      steps += repeated
    }
    return steps
  }

  private mutating func literal(_ rune: UInt32) -> Steps {
    // U+FFFD stands for any byte that is not UTF-8.
    if rune == Rune.invalid {
      tail = []
    } else if let scalar = Unicode.Scalar(rune) {
      tail += Array(String(Character(scalar)).utf8)
    }
    return [.rune(RuneSet([rune...rune]))]
  }

  private struct Count { var least: Int, most: Int?; var isValid: Bool }

  /// Consumes `{2}`, `{2,}` or `{2,3}`; nil, consuming nothing, for a literal brace.
  private mutating func count() -> Count? {
    var ahead = rest
    func number(_ ahead: inout ArraySlice<UInt32>) -> Int? {
      let digits = ahead.prefix { (scalar("0")...scalar("9")).contains($0) }
      guard let first = digits.first, digits.count == 1 || first != scalar("0") else { return nil }
      ahead.removeFirst(digits.count)
      return digits.count > 8 ? Int.max : digits.reduce(0) { $0 * 10 + Int($1 - scalar("0")) }
    }
    guard ahead.popFirst() == scalar("{"), let least = number(&ahead) else { return nil }
    var most: Int? = least
    if ahead.first == scalar(",") {
      ahead.removeFirst()
      if ahead.first == scalar("}") {
        most = nil
      } else {
        guard let number = number(&ahead) else { return nil }
        most = number
      }
    }
    guard ahead.popFirst() == scalar("}") else { return nil }
    rest = ahead
    return Count(least: least, most: most, isValid: least <= 1_000 && (most.map { $0 <= 1_000 && $0 >= least } ?? true))
  }

  /// The atom with the `*`, `?` or count after it applied; nil if another follows.
  private mutating func repeated(_ atom: Steps) -> Steps? {
    var result = atom
    let loop: Steps = [.split(1, atom.count + 2)] + atom + [.split(-atom.count - 1, -atom.count - 1)]
    switch rest.first {
    case scalar("*"):
      rest.removeFirst()
      result = loop
    case scalar("?"):
      rest.removeFirst()
      result = [.split(1, atom.count + 1)] + atom
    case scalar("{"):
      guard let count = count() else { return result }
      guard count.isValid else { return nil }
      result = Array(repeatElement(atom, count: count.least).joined())
      if let most = count.most {
        for left in stride(from: most - count.least, to: 0, by: -1) {
          result += [.split(1, left * (atom.count + 1))] + atom
        }
      } else {
        result += loop
      }
    default: return result
    }
    tail = []
    if rest.first == scalar("*") || rest.first == scalar("?") || rest.first == scalar("+") { return nil }
    let before = rest
    if rest.first == scalar("{"), count() != nil { return nil }
    rest = before
    return result
  }

  private mutating func escape() -> Steps? {
    guard let rune = rest.first else { return nil }
    if let set = RuneSet.perl[rune] {
      rest.removeFirst()
      tail = []
      return [.rune(set)]
    }
    switch rune {
    case scalar("A"), scalar("z"):
      rest.removeFirst()
      if rune == scalar("A") { tail = [] }
      return [rune == scalar("A") ? .begin : .end]
    case scalar("b"), scalar("B"):
      rest.removeFirst()
      return [.boundary(rune == scalar("b"))]
    case scalar("Q"):
      rest.removeFirst()
      var steps: Steps = []
      while let next = rest.popFirst() {
        if next == scalar("\\"), rest.first == scalar("E") { rest.removeFirst(); break }
        steps += literal(next)
      }
      return steps
    default: return escaped().map { literal($0) }
    }
  }

  /// A backslash escape that stands for a single rune.
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
