/// A constraint on versions as Masterminds/semver v3 reads it for helm: `^1.2 || ~2`, `>=1.0.0-0`, `1.x`, `1.2 - 2.3`.
/// https://github.com/Masterminds/semver#checking-version-constraints
package struct VersionConstraint: Sendable {
  private enum Relation: Sendable { case equal, different, above, below, atLeast, atMost, tilde, caret }

  /// `>=1.2.x`: a relation to a version that may lack parts.
  private struct Comparison: Sendable {
    var relation: Relation
    var version: Version
    /// The first part that is missing or `x`: 0 for the major, 1, 2; 3 if all are there.
    var parts: Int
  }

  /// As it was written.
  package let text: String
  /// One group must hold; a group holds if all of it does.
  private let groups: [[Comparison]]

  /// nil if it is not a constraint.
  package init?(_ text: String) {
    self.text = text
    var groups: [[Comparison]] = []
    let bytes = Array(text.utf8)
    let ranges = bytes.contains(UInt8(ascii: "-")) ? VersionConstraint.withoutRanges(bytes) : bytes
    for part in VersionConstraint.alternatives(ranges) {
      guard let group = VersionConstraint.group(part) else { return nil }
      groups.append(group)
    }
    self.groups = groups
  }

  /// Whether a version meets it. A pre-release does only if every comparison of the group names one.
  package func admits(_ version: Version) -> Bool {
    groups.contains { group in group.allSatisfy { VersionConstraint.holds($0, version) } }
  }

  /// The greatest version of a list that meets it.
  package func best(of versions: [Version]) -> Version? { versions.filter(admits).max() }

  // MARK: reading

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || "xX*|".utf8.contains(byte) }

  private static func alternatives(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = [], start = 0, at = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "|"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "|") {
        parts.append(bytes[start..<at])
        at += 2
        start = at
      } else {
        at += 1
      }
    }
    return parts + [bytes[start...]]
  }

  /// Comparisons with spaces or a comma between them.
  private static func group(_ bytes: ArraySlice<UInt8>) -> [Comparison]? {
    var rest = bytes, group: [Comparison] = []
    func skip() -> Bool {
      let before = rest.count
      rest = rest.drop(while: isSpace)
      return rest.count < before
    }
    _ = skip()
    while true {
      let signs = rest.prefix { "=!<>~^".utf8.contains($0) }
      guard let relation = relation(String(decoding: signs, as: UTF8.self)) else { return nil }
      rest = rest.dropFirst(signs.count)
      _ = skip()
      guard let end = versionEnd(rest), let comparison = comparison(relation, rest[rest.startIndex..<end]) else {
        return nil
      }
      group.append(comparison)
      rest = rest[end...]
      var isApart = skip()
      if rest.isEmpty { return group }
      if rest.first == UInt8(ascii: ",") {
        rest.removeFirst()
        _ = skip()
        isApart = true
      }
      guard isApart else { return nil }
    }
  }

  private static func relation(_ signs: String) -> Relation? {
    switch signs {
    case "", "=": .equal
    case "!=": .different
    case ">": .above
    case "<": .below
    case ">=", "=>": .atLeast
    case "<=", "=<": .atMost
    case "~", "~>": .tilde
    case "^": .caret
    default: nil
    }
  }

  /// Where a version, which may have `x` for a part, ends; nil if there is none at the start.
  private static func versionEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
    var at = bytes.startIndex
    func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }
    func run(_ start: Int, _ isOf: (UInt8) -> Bool) -> Int {
      var end = start
      while let next = byte(end), isOf(next) { end += 1 }
      return end
    }
    if byte(at) == UInt8(ascii: "v") { at += 1 }
    let major = run(at, isDigit)
    guard major > at else { return nil }
    at = major
    for _ in 0..<2 where byte(at) == UInt8(ascii: ".") {
      let part = run(at + 1, isDigit)
      if part == at + 1 { break }
      at = part
    }
    for sign in [UInt8(ascii: "-"), UInt8(ascii: "+")] where byte(at) == sign {
      var word = run(at + 1, Version.isWord)
      guard word > at + 1 else { continue }
      while byte(word) == UInt8(ascii: "."), case let more = run(word + 1, Version.isWord), more > word + 1 {
        word = more
      }
      at = word
    }
    return at
  }

  private static func comparison(_ relation: Relation, _ bytes: ArraySlice<UInt8>) -> Comparison? {
    let text = String(decoding: bytes, as: UTF8.self)
    let core = bytes.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }
    let numbers = (core.first == UInt8(ascii: "v") ? core.dropFirst() : core).split(separator: UInt8(ascii: "."))
    let isOpen = { (part: ArraySlice<UInt8>) in part.count == 1 && "xX*".utf8.contains(part.first!) }
    let parts = numbers.firstIndex(where: isOpen) ?? numbers.count
    guard parts < 3 else { return Version(text).map { Comparison(relation: relation, version: $0, parts: 3) } }
    let rest = bytes.dropFirst(core.count)
    let pre = rest.first == UInt8(ascii: "-") ? rest.prefix { $0 != UInt8(ascii: "+") } : []
    let filled = (numbers.prefix(parts).map { String(decoding: $0, as: UTF8.self) } + ["0", "0", "0"]).prefix(3).joined(
      separator: ".")
    return Version(filled + String(decoding: pre, as: UTF8.self)).map {
      Comparison(relation: relation, version: $0, parts: parts)
    }
  }

  /// With `1.2 - 2.3` written as `>= 1.2, <= 2.3 `.
  private static func withoutRanges(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [], at = 0
    while at < bytes.count {
      if let (low, high, end) = range(bytes, at) {
        out += Array(">= ".utf8) + bytes[low] + Array(", <= ".utf8) + bytes[high] + [0x20]
        at = end
      } else {
        out.append(bytes[at])
        at += 1
      }
    }
    return out
  }

  private static func range(_ bytes: [UInt8], _ start: Int) -> (low: Range<Int>, high: Range<Int>, end: Int)? {
    func skip(_ at: Int) -> Int { at + bytes[at...].prefix(while: isSpace).count }
    let from = skip(start)
    guard let low = versionEnd(bytes[from...]), case let dash = skip(low), dash > low, dash < bytes.count,
      bytes[dash] == UInt8(ascii: "-"),
      case let to = skip(dash + 1), to > dash + 1, let high = versionEnd(bytes[to...])
    else { return nil }
    return (from..<low, to..<high, skip(high))
  }

  // MARK: comparing

  private static func holds(_ comparison: Comparison, _ version: Version) -> Bool {
    let wanted = comparison.version, parts = comparison.parts
    if !version.pre.isEmpty, wanted.pre.isEmpty, comparison.relation != .different || parts < 3 { return false }
    switch comparison.relation {
    case .equal: return parts < 3 ? tilde(version, wanted, parts) : version == wanted
    case .different:
      if parts == 3 { return version != wanted }
      if wanted.major != version.major { return true }
      if parts == 1 { return false }
      if wanted.minor != version.minor { return true }
      if parts == 2 { return (!version.pre.isEmpty || !wanted.pre.isEmpty) && version.pre != wanted.pre }
      return wanted.patch != version.patch || version != wanted
    case .above:
      if parts == 3 || parts == 0 && version.major == wanted.major { return version > wanted }
      if version.major != wanted.major { return version.major > wanted.major }
      return parts == 2 && version.minor > wanted.minor
    case .below: return version < wanted
    case .atLeast: return version >= wanted
    case .atMost:
      if parts == 3 { return version <= wanted }
      return version.major < wanted.major
        || version.major == wanted.major && (parts == 1 || version.minor <= wanted.minor)
    case .tilde: return tilde(version, wanted, parts)
    case .caret:
      guard version >= wanted else { return false }
      if wanted.major > 0 || parts == 1 { return version.major == wanted.major }
      if version.major > 0 { return false }
      if wanted.minor > 0 || parts == 2 { return version.minor == wanted.minor }
      return version.minor == 0 && version.patch == wanted.patch
    }
  }

  private static func tilde(_ version: Version, _ wanted: Version, _ parts: Int) -> Bool {
    guard version >= wanted else { return false }
    // ~0.0.0 and ~* admit everything.
    if (wanted.major, wanted.minor, wanted.patch) == (0, 0, 0), parts == 0 || parts == 3 { return true }
    return version.major == wanted.major && (version.minor == wanted.minor || parts == 1)
  }
}
