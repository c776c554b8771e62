/// A pattern of Go's `filepath.Match`, which docker's and Helm's ignore files use:
/// https://pkg.go.dev/path/filepath#Match
///
/// Works on bytes, because file names are bytes. As in Go, a star matches no slash, stops at the first place where the
/// rest fits and tries no other, and a malformed part is not reported before it is reached: a file must not be ignored
/// here and sent there.
public struct PathPattern: Sendable {
  /// Not a pattern: an unclosed bracket, an empty class, or a backslash at the end.
  public struct Malformed: Error {}

  private enum Item: Sendable {
    case byte(UInt8)
    case any
    case oneOf([ClosedRange<UInt32>], negated: Bool)
  }

  /// The part between two stars.
  private struct Chunk: Sendable {
    var star: Bool
    var items: [Item]
    var isMalformed = false
  }

  private let chunks: [Chunk]
  /// A pattern of plain bytes, or of those after one star, as nearly all are.
  private let simple: (star: Bool, bytes: [UInt8])?

  public init(_ pattern: some Collection<UInt8>) {
    var chunks: [Chunk] = []
    var rest = Array(pattern)[...]
    while !rest.isEmpty {
      var chunk = Chunk(star: false, items: [])
      while rest.first == UInt8(ascii: "*") { rest.removeFirst(); chunk.star = true }
      do { chunk.items = try PathPattern.items(&rest) } catch {
        chunk.isMalformed = true
        rest = []
      }
      chunks.append(chunk)
    }
    self.chunks = chunks
    var bytes: [UInt8] = []
    for item in chunks.first?.items ?? [] { if case .byte(let byte) = item { bytes.append(byte) } }
    let isSimple = chunks.count == 1 && !chunks[0].isMalformed && bytes.count == chunks[0].items.count && !bytes.isEmpty
    simple = isSimple ? (chunks[0].star, bytes) : nil
  }

  private static func items(_ rest: inout ArraySlice<UInt8>) throws(Malformed) -> [Item] {
    var items: [Item] = []
    while let byte = rest.first, byte != UInt8(ascii: "*") {
      rest.removeFirst()
      switch byte {
      case UInt8(ascii: "?"): items.append(.any)
      case UInt8(ascii: "["): items.append(try classItem(&rest))
      case UInt8(ascii: "\\"):
        guard let next = rest.popFirst() else { throw Malformed() }
        items.append(.byte(next))
      default: items.append(.byte(byte))
      }
    }
    return items
  }

  private static func classItem(_ rest: inout ArraySlice<UInt8>) throws(Malformed) -> Item {
    let negated = rest.first == UInt8(ascii: "^")
    if negated { rest.removeFirst() }
    var ranges: [ClosedRange<UInt32>] = []
    // A reversed range matches nothing, but the class still counts as non-empty.
    var count = 0
    while count == 0 || rest.first != UInt8(ascii: "]") {
      let low = try classRune(&rest)
      var high = low
      if rest.first == UInt8(ascii: "-") {
        rest.removeFirst()
        high = try classRune(&rest)
      }
      if low <= high { ranges.append(low...high) }
      count += 1
    }
    rest.removeFirst()
    return .oneOf(ranges, negated: negated)
  }

  private static func classRune(_ rest: inout ArraySlice<UInt8>) throws(Malformed) -> UInt32 {
    guard let first = rest.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "]") else { throw Malformed() }
    if first == UInt8(ascii: "\\") { rest.removeFirst() }
    guard !rest.isEmpty else { throw Malformed() }
    let (rune, width) = Rune.decode(rest)
    guard rune != Rune.invalid || width != 1 else { throw Malformed() }
    rest.removeFirst(width)
    guard !rest.isEmpty else { throw Malformed() }
    return rune
  }

  /// Whether the whole name matches. Throws ``Malformed`` if a malformed part is reached.
  public func matches(_ name: some Collection<UInt8>) throws(Malformed) -> Bool {
    if let (star, bytes) = simple {
      guard star ? name.count >= bytes.count : name.count == bytes.count else { return false }
      return name.suffix(bytes.count).elementsEqual(bytes) && !name.dropLast(bytes.count).contains(UInt8(ascii: "/"))
    }
    var name = Array(name)[...]
    for (index, chunk) in chunks.enumerated() {
      let isLast = index == chunks.count - 1
      if chunk.isMalformed { throw Malformed() }
      if chunk.star, chunk.items.isEmpty { return !name.contains(UInt8(ascii: "/")) }
      if let rest = match(chunk, name), rest.isEmpty || !isLast {
        name = rest
        continue
      }
      guard chunk.star, let rest = afterStar(chunk, name, isLast: isLast) else { return false }
      name = rest
    }
    return name.isEmpty
  }

  private func afterStar(_ chunk: Chunk, _ name: ArraySlice<UInt8>, isLast: Bool) -> ArraySlice<UInt8>? {
    var at = name.startIndex
    while at < name.endIndex, name[at] != UInt8(ascii: "/") {
      at += 1
      if let rest = match(chunk, name[at...]), rest.isEmpty || !isLast { return rest }
    }
    return nil
  }

  private func match(_ chunk: Chunk, _ name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var rest = name
    for item in chunk.items {
      guard let first = rest.first else { return nil }
      switch item {
      case .byte(let byte):
        guard byte == first else { return nil }
        rest.removeFirst()
      case .any:
        guard first != UInt8(ascii: "/") else { return nil }
        rest.removeFirst(Rune.decode(rest).width)
      case .oneOf(let ranges, let negated):
        let (rune, width) = Rune.decode(rest)
        guard ranges.contains(where: { $0.contains(rune) }) != negated else { return nil }
        rest.removeFirst(width)
      }
    }
    return rest
  }
}

/// Decodes UTF-8 as Go does: a byte that starts nothing valid is one U+FFFD.
enum Rune {
  static let invalid: UInt32 = 0xFFFD

  static func decode(_ bytes: ArraySlice<UInt8>) -> (rune: UInt32, width: Int) {
    guard let first = bytes.first else { return (invalid, 0) }
    if first < 0x80 { return (UInt32(first), 1) }
    let (width, least): (Int, UInt32)
    switch first {
    case 0xC2...0xDF: (width, least) = (2, 0x80)
    case 0xE0...0xEF: (width, least) = (3, 0x800)
    case 0xF0...0xF4: (width, least) = (4, 0x10000)
    default: return (invalid, 1)
    }
    guard bytes.count >= width else { return (invalid, 1) }
    var rune = UInt32(first) & (0x7F >> UInt32(width))
    for byte in bytes.dropFirst().prefix(width - 1) {
      guard byte & 0xC0 == 0x80 else { return (invalid, 1) }
      rune = rune << 6 | UInt32(byte & 0x3F)
    }
    guard rune >= least, rune <= 0x10FFFF, !(0xD800...0xDFFF).contains(rune) else { return (invalid, 1) }
    return (rune, width)
  }

  static func all(_ bytes: [UInt8]) -> [UInt32] {
    var runes: [UInt32] = []
    runes.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while !rest.isEmpty {
      let (rune, width) = decode(rest)
      runes.append(rune)
      rest.removeFirst(width)
    }
    return runes
  }
}
