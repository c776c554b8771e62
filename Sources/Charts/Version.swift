/// A version as Masterminds/semver v3 reads it for helm: `v` in front and missing parts are allowed.
/// https://semver.org/spec/v2.0.0.html
package struct Version: Sendable, Equatable, Comparable, CustomStringConvertible {
  package var major: UInt64, minor: UInt64, patch: UInt64
  /// What stands after the `-`: empty for a release.
  package var pre: String
  /// What stands after the `+`; it does not count in comparisons.
  package var build: String
  /// As it was written.
  package var original: String

  /// nil if it is not a version.
  package init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    original = text
    if rest.first == UInt8(ascii: "v") { rest.removeFirst() }
    build = ""
    pre = ""
    if let plus = rest.firstIndex(of: UInt8(ascii: "+")) {
      guard let word = Version.identifiers(rest[(plus + 1)...], zeros: true) else { return nil }
      build = word
      rest = rest[..<plus]
    }
    if let dash = rest.firstIndex(of: UInt8(ascii: "-")) {
      guard let word = Version.identifiers(rest[(dash + 1)...], zeros: false) else { return nil }
      pre = word
      rest = rest[..<dash]
    }
    let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count) else { return nil }
    var numbers: [UInt64] = []
    for part in parts {
      guard !part.isEmpty, part.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = UInt64(String(decoding: part, as: UTF8.self))
      else { return nil }
      numbers.append(number)
    }
    major = numbers[0]
    minor = numbers.count > 1 ? numbers[1] : 0
    patch = numbers.count > 2 ? numbers[2] : 0
  }

  init(_ major: UInt64, _ minor: UInt64, _ patch: UInt64) {
    (self.major, self.minor, self.patch) = (major, minor, patch)
    (pre, build, original) = ("", "", "\(major).\(minor).\(patch)")
  }

  /// Words of letters, digits and `-`, with dots between them; nil if it is anything else.
  /// - Parameter zeros: whether a number may begin with 0.
  private static func identifiers(_ text: ArraySlice<UInt8>, zeros: Bool) -> String? {
    for part in text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard !part.isEmpty, part.allSatisfy(isWord) else { return nil }
      if !zeros, part.count > 1, part.first == 0x30, part.allSatisfy({ (0x30...0x39).contains($0) }) { return nil }
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte >= 0x41 || byte == UInt8(ascii: "-")
  }

  /// The canonical form, without `v`.
  package var description: String {
    "\(major).\(minor).\(patch)" + (pre.isEmpty ? "" : "-" + pre) + (build.isEmpty ? "" : "+" + build)
  }

  package static func == (a: Version, b: Version) -> Bool { a.compared(to: b) == 0 }
  package static func < (a: Version, b: Version) -> Bool { a.compared(to: b) < 0 }

  /// By the rules of semver.org: -1, 0 or 1. Builds do not count.
  func compared(to other: Version) -> Int {
    let a = (major, minor, patch), b = (other.major, other.minor, other.patch)
    if a != b { return a < b ? -1 : 1 }
    if pre == other.pre { return 0 }
    if pre.isEmpty { return 1 }
    if other.pre.isEmpty { return -1 }
    let own = pre.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let others = other.pre.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    for (a, b) in zip(own, others) {
      let order = Version.compare(Array(a), Array(b))
      if order != 0 { return order }
    }
    return own.count == others.count ? 0 : own.count < others.count ? -1 : 1
  }

  /// Numbers before words; numbers by value, words by byte. A number beyond 64 bits counts as a word, as in helm.
  private static func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a == b { return 0 }
    let number = { (part: [UInt8]) in
      part.first == UInt8(ascii: "-") ? nil : UInt64(String(decoding: part, as: UTF8.self))
    }
    switch (number(a), number(b)) {
    case let (a?, b?): return a < b ? -1 : a > b ? 1 : 0
    case (.some, nil): return -1
    case (nil, .some): return 1
    case (nil, nil): return a.lexicographicallyPrecedes(b) ? -1 : 1
    }
  }
}
