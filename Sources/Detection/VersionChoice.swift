import Records

extension Detection {
  /// The tag of a language's base image for the version a project asks for: the pack's own if that satisfies it, else
  /// the version itself. nil if the project asks for none, or for something that is not a version (`pypy3.9`).
  /// - Parameter standard: the pack's version, as in `3.13`; a range gives a version with as many numbers.
  public static func imageVersion(for language: Language, standard: String) -> String? {
    guard let asked = language.version else { return nil }
    let entry = LanguageTable.shared.entry(named: language.name)
    if let release = entry?.codenames.first(where: { asked.lowercased() == "lts/\($0.name)" })?.version {
      return release
    }
    return VersionRange.choose(asked, standard: standard, bareIsMinimum: entry?.bareIsMinimum ?? false)
  }
}

/// `>=3.9,<3.13`, `^20.1`, `18.x || 20.x`, `==3.11.*` as two bounds of numbers. Covers PEP 440 and npm's ranges as far
/// as they are used for a language's version.
struct VersionRange: Equatable {
  var from: [Int] = []
  var below: [Int]?
  /// The version itself, if it was given exactly.
  var exact: String?

  static func choose(_ text: String, standard: String, bareIsMinimum: Bool) -> String? {
    guard let wanted = numbers(standard) else { return nil }
    let ranges = text.split(separator: "|").compactMap { VersionRange(String($0), bareIsMinimum: bareIsMinimum) }
    if ranges.contains(where: { $0.holds(wanted) }) { return standard }
    // By custom the last of several is the newest.
    guard let range = ranges.last else { return nil }
    if let exact = range.exact { return exact }
    if let below = range.below, range.from.isEmpty || wanted.lexicographicallyPrecedes(range.from) == false {
      var version = Array((below + [0, 0]).prefix(wanted.count))
      if below.count > wanted.count, below.dropFirst(wanted.count).contains(where: { $0 > 0 }) {
        return VersionRange.text(version)
      }
      guard let last = version.last, last > 0 else {
        return range.from.isEmpty ? nil : VersionRange.text(Array(range.from.prefix(wanted.count)))
      }
      version[version.count - 1] = last - 1
      return VersionRange.text(version)
    }
    return VersionRange.text(Array(range.from.prefix(wanted.count)))
  }

  private static func text(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ".") }

  /// nil unless it is a range of plain versions.
  init?(_ text: String, bareIsMinimum: Bool = false) {
    var words: [String] = []
    for word in text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init) {
      // `>= 18` is one condition.
      if let last = words.last, last.allSatisfy({ "<>=~^!".contains($0) }) {
        words[words.count - 1] = last + word
      } else {
        words.append(word)
      }
    }
    guard !words.isEmpty else { return nil }
    for word in words where word != "-" && !word.hasPrefix("!=") {
      let sign = String(word.prefix { "<>=~^".contains($0) })
      var version = String(word.dropFirst(sign.count))
      if version.hasPrefix("v") { version.removeFirst() }
      if version == "*" || version == "x" { continue }
      let isOpen = version.hasSuffix(".*") || version.hasSuffix(".x") || version.hasSuffix(".X")
      while version.hasSuffix(".*") || version.hasSuffix(".x") || version.hasSuffix(".X") {
        version = String(version.dropLast(2))
      }
      guard let parts = VersionRange.numbers(version) else { return nil }
      switch sign {
      case ">=", ">": from = parts
      case "" where bareIsMinimum: from = parts
      case "<": below = parts
      case "<=": below = VersionRange.next(parts)
      case "~=", "~":
        (from, below) = (
          parts, VersionRange.next(parts.count > 1 ? Array(parts.prefix(sign == "~" ? 2 : parts.count - 1)) : parts)
        )
      case "^": (from, below) = (parts, VersionRange.next(Array(parts.prefix(1))))
      case "", "=", "==", "===":
        (from, below) = (parts, VersionRange.next(parts))
        if !isOpen { exact = version }
      default: return nil
      }
    }
  }

  /// The numbers of `3.11.4`; nil for anything else.
  static func numbers(_ text: String) -> [Int]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Number.whole($0) : nil }
    return numbers.count == parts.count && (1...3).contains(numbers.count) ? numbers : nil
  }

  private static func next(_ parts: [Int]) -> [Int] { parts.dropLast() + [parts[parts.count - 1] + 1] }

  /// Whether a tag such as 3.13, its newest release, is in the range. An `exact` with more numbers excludes it.
  private func holds(_ version: [Int]) -> Bool {
    if let exact, let numbers = VersionRange.numbers(exact), numbers.count > version.count { return false }
    if Array(from.prefix(version.count)).lexicographicallyPrecedes(version) == false,
      Array(from.prefix(version.count)) != version
    {
      return false
    }
    guard let below else { return true }
    return version.lexicographicallyPrecedes(Array(below.prefix(version.count)))
      || (below.count > version.count && version == Array(below.prefix(version.count)))
  }
}
