/// Mutates samples: makes numbers extreme, and changes, duplicates, cuts and joins bytes, words and lines.
/// Deterministic: the same number gives the same inputs in the same order.
struct Mutator {
  private var state: UInt64

  init(_ number: UInt64) { state = number }

  /// Values at which arithmetic, conversions and allocations fail: each number of each sample is replaced by each of
  /// these.
  static let extremes = [
    "0", "-1", "65536", "2147483648", "4294967296", "9007199254740992", "9223372036854775807", "-9223372036854775808",
    "99999999999999999999", "1e400"
  ].map { Array($0.utf8) }

  private static let numbers =
    extremes
    + [
      "1", "-0", "2147483647", "-2147483649", "9007199254740993", "9223372036854775808", "18446744073709551615",
      "-99999999999999999999", "-1e400", "1e18", "0.5",
      "65535", "08", "+1", "0x7fffffffffffffff", ""
    ].map { Array($0.utf8) }

  /// Text that is special to one parser or another.
  private static let words =
    [
      "\n", "\r\n", "\0", " ", "\t", "\"", "'", "\\", "{", "}", "[", "]", ":", ",", "-", "#", "=", "*", "&a", "*a",
      "<<", "|", ">", "/", "..", "@", "%", "$", "${", "!",
      "null", "true", "\u{FEFF}", "é", "\u{202E}", "🇩🇪", "\u{D7FF}"
    ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0x80]]

  /// SplitMix64: https://prng.di.unimi.it/splitmix64.c
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ count: Int) -> Int { count < 2 ? 0 : Int(next() % UInt64(count)) }
  private mutating func one<T>(of list: [T]) -> T { list[below(list.count)] }

  /// One of the samples, mutated once or a few times.
  mutating func input(of seeds: [[UInt8]]) -> [UInt8] {
    var bytes = one(of: seeds)
    for _ in 0...below(3) { change(&bytes, seeds) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], _ seeds: [[UInt8]]) {
    let at = below(bytes.count + 1), range = at..<min(bytes.count, at + 1 + below(16))
    switch below(16) {
    // Mutating numbers finds the most.
    case 0...7:
      let numbers = Mutator.numbers(in: bytes)
      if numbers.isEmpty {
        bytes.insert(contentsOf: one(of: Mutator.numbers), at: at)
      } else {
        bytes.replaceSubrange(one(of: numbers), with: one(of: Mutator.numbers))
      }
    case 8: if at < bytes.count { bytes[at] ^= 1 << UInt8(below(8)) }
    case 9: bytes.removeSubrange(range)
    case 10: bytes.insert(contentsOf: bytes[range], at: at)
    case 11: bytes.insert(contentsOf: one(of: Mutator.words), at: at)
    case 12: bytes.replaceSubrange(range, with: one(of: Mutator.words))
    case 13: bytes = Array(bytes[..<at])
    case 14:
      let other = one(of: seeds)
      bytes = Array(bytes[..<at]) + other[below(other.count + 1)...]
    default:
      let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      bytes = Array(bytes + [0x0A] + one(of: lines.map(Array.init)))
    }
  }

  /// The ranges of digits, with a sign before them.
  static func numbers(in bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = [], at = 0
    while at < bytes.count {
      let start = at
      if bytes[at] == UInt8(ascii: "-") { at += 1 }
      let digits = at
      while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
      if at > digits { found.append(start..<at) } else { at = max(at, start + 1) }
    }
    return found
  }
}
