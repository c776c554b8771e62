/// One pattern of a `.dockerignore`, as https://github.com/moby/patternmatcher interprets it.
///
/// Docker translates a pattern into a regular expression character by character, or compares strings where that is
/// equivalent. This does the same, quirks included: a `*` inside brackets is translated too, a backslash before a
/// letter means what it means in the expression, and so do `|` and `{2}`, which docker means to escape but does not.
struct DockerPattern: Sendable {
  private enum Kind: Sendable {
    case exact, prefix, suffix
    case expression(DockerExpression)
    /// Docker fails when such a pattern is first tried, not before.
    case malformed
  }

  /// Cleaned, without the `!`.
  let text: [UInt8]
  /// Whether it began with `!`: what it matches is sent.
  let isException: Bool
  private let kind: Kind
  /// Every path that the pattern matches begins with these bytes.
  let head: [UInt8]

  init(_ text: [UInt8], isException: Bool) {
    self.text = text
    self.isException = isException
    kind = DockerPattern.kind(text)
    if case .suffix = kind {
      head = []
    } else if text.contains(where: { $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: "{") }) {
      head = []
    } else {
      let special = Set("*?[]\\^".utf8)
      head = Array(text.prefix { $0 < 0x80 && !special.contains($0) })
    }
  }

  struct Malformed: Error {}

  func matches(_ path: [UInt8]) throws(Malformed) -> Bool {
    switch kind {
    case .exact: return path == text
    case .prefix: return path.starts(with: text.dropLast(2))
    case .suffix:
      let suffix = text.dropFirst(2)
      if path.count >= suffix.count, path.suffix(suffix.count).elementsEqual(suffix) { return true }
      return suffix.first == UInt8(ascii: "/") && path.elementsEqual(suffix.dropFirst())
    case .expression(let expression): return expression.matches(path)
    case .malformed: throw Malformed()
    }
  }

  private enum Shape { case exact, prefix, suffix, expression }

  private static func kind(_ text: [UInt8]) -> Kind {
    var runes = Rune.all(text)[...]
    if runes.first == 0xFEFF { runes.removeFirst() }
    var shape = Shape.exact
    var source: [UInt32] = scalars("^")
    var isFirst = true
    while let rune = runes.popFirst() {
      switch rune {
      case 0x2A where runes.first == 0x2A:
        runes.removeFirst()
        if runes.first == 0x2F { runes.removeFirst() }
        if !runes.isEmpty {
          source += scalars("(.*/)?")
          shape = .expression
        } else if shape == .exact {
          shape = .prefix
        } else {
          source += scalars(".*")
          shape = .expression
        }
        if isFirst { shape = .suffix }
      case 0x2A:
        source += scalars("[^/]*")
        shape = .expression
      case 0x3F:
        source += scalars("[^/]")
        shape = .expression
      case let rune where special.contains(rune): source += [0x5C, rune]
      case 0x5C:
        source.append(rune)
        if let next = runes.popFirst() {
          source.append(next)
          shape = .expression
        }
      case 0x5B, 0x5D:
        source.append(rune)
        shape = .expression
      default: source.append(rune)
      }
      isFirst = false
    }
    switch shape {
    case .exact: return .exact
    case .prefix: return .prefix
    case .suffix: return .suffix
    case .expression: return DockerExpression(source + scalars("$")).map(Kind.expression) ?? .malformed
    }
  }

  private static let special = Set(scalars(".+()$"))
  private static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }
}
