/// A pattern of `.Files.Glob`, as github.com/gobwas/glob reads it: `*` and `?` do not match the separator, `**` does;
/// `[a-z]`, `[!ab]`, `{a,b*}`, `\` in front of what is meant as it is.
struct Glob {
  private enum Piece {
    case one(Unicode.Scalar)
    case any
    case many
    case all
    case list(Set<Unicode.Scalar>, isNot: Bool)
    case range(ClosedRange<Unicode.Scalar>, isNot: Bool)
  }

  /// What braces say is written out.
  private var patterns: [[Piece]]
  private let separator: Unicode.Scalar

  /// nil for what does not compile, or says too much in braces.
  init?(_ text: [UInt8], separator: UInt8) {
    self.separator = Unicode.Scalar(separator)
    var rest = Array(String(decoding: text, as: UTF8.self).unicodeScalars)[...]
    guard let patterns = Glob.patterns(&rest, depth: 0), rest.isEmpty else { return nil }
    self.patterns = patterns
  }

  private static func patterns(_ rest: inout ArraySlice<Unicode.Scalar>, depth: Int) -> [[Piece]]? {
    guard depth < 20 else { return nil }
    var patterns: [[Piece]] = [[]]
    func add(_ piece: Piece) { for index in patterns.indices { patterns[index].append(piece) } }
    while let scalar = rest.first {
      switch scalar {
      case "," where depth > 0, "}" where depth > 0: return patterns
      case "\\":
        rest = rest.dropFirst()
        guard let escaped = rest.first else { return nil }
        add(.one(escaped))
      case "?": add(.any)
      case "*":
        if rest.dropFirst().first == "*" {
          rest = rest.dropFirst()
          add(.all)
        } else {
          add(.many)
        }
      case "[":
        guard let (piece, count) = list(rest) else { return nil }
        add(piece)
        rest = rest.dropFirst(count - 1)
      case "{":
        var choices: [[Piece]] = []
        repeat {
          rest = rest.dropFirst()
          guard let more = Glob.patterns(&rest, depth: depth + 1) else { return nil }
          choices += more
          guard choices.count * patterns.count <= 1_000 else { return nil }
        } while rest.first == ","
        guard rest.first == "}" else { return nil }
        patterns = patterns.flatMap { start in choices.map { start + $0 } }
      default: add(.one(scalar))
      }
      rest = rest.dropFirst()
    }
    return depth == 0 ? patterns : nil
  }

  /// `[a-z]`, `[!abc]`, and how many signs it takes.
  private static func list(_ text: ArraySlice<Unicode.Scalar>) -> (Piece, Int)? {
    var rest = text.dropFirst()
    let isNot = rest.first == "!"
    if isNot { rest = rest.dropFirst() }
    guard let end = rest.firstIndex(of: "]"), end > rest.startIndex else { return nil }
    let inner = Array(rest[..<end]), count = end - text.startIndex + 1
    if inner.count == 3, inner[1] == "-" {
      guard inner[0] < inner[2] else { return nil }
      return (.range(inner[0]...inner[2], isNot: isNot), count)
    }
    return (.list(Set(inner), isNot: isNot), count)
  }

  func matches(_ name: [UInt8]) -> Bool {
    let name = Array(String(decoding: name, as: UTF8.self).unicodeScalars)
    return patterns.contains { matches($0, name) }
  }

  private func matches(_ pattern: [Piece], _ name: [Unicode.Scalar]) -> Bool {
    // The places that the pieces so far may reach.
    var places = [Bool](repeating: false, count: name.count + 1)
    places[0] = true
    for piece in pattern {
      var next = [Bool](repeating: false, count: name.count + 1)
      for place in 0...name.count {
        switch piece {
        case .many:
          next[place] = places[place] || place > 0 && next[place - 1] && name[place - 1] != separator
        case .all: next[place] = places[place] || place > 0 && next[place - 1]
        case .any: next[place] = place > 0 && places[place - 1] && name[place - 1] != separator
        case .one(let scalar): next[place] = place > 0 && places[place - 1] && name[place - 1] == scalar
        case .list(let set, let isNot):
          next[place] = place > 0 && places[place - 1] && set.contains(name[place - 1]) != isNot
        case .range(let range, let isNot):
          next[place] = place > 0 && places[place - 1] && range.contains(name[place - 1]) != isNot
        }
      }
      places = next
    }
    return places[name.count]
  }
}
