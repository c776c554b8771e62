/// One challenge of a `WWW-Authenticate` header: `Bearer realm="https://…",service="…",scope="…"`.
/// Source: RFC 9110 §11.6.1, https://distribution.github.io/distribution/spec/auth/token/
struct Challenge: Equatable {
  /// In lower case.
  var scheme: String
  /// Names in lower case.
  var parameters: [String: String]

  /// All challenges of the headers, in order. One header may hold several, and commas separate both challenges and
  /// parameters: a word without a `=` begins a new challenge.
  static func parse(_ headers: [String]) -> [Challenge] {
    var challenges: [Challenge] = []
    for header in headers {
      var scanner = Scanner(bytes: Array(header.utf8))
      while let word = scanner.token() {
        if scanner.take(UInt8(ascii: "=")) {
          guard let value = scanner.value(), !challenges.isEmpty else { break }
          challenges[challenges.count - 1].parameters[word.lowercased()] = value
        } else {
          challenges.append(Challenge(scheme: word.lowercased(), parameters: [:]))
        }
      }
    }
    return challenges
  }

  private struct Scanner {
    let bytes: [UInt8]
    var at = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func skip(_ set: [UInt8]) { while at < bytes.count, set.contains(bytes[at]) { at += 1 } }

    mutating func token() -> String? {
      skip([0x20, 0x09, UInt8(ascii: ",")])
      let start = at
      while at < bytes.count, bytes[at] > 0x20, bytes[at] < 0x7F, !",=\"".utf8.contains(bytes[at]) { at += 1 }
      return start < at ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
    }

    mutating func take(_ byte: UInt8) -> Bool {
      let before = at
      skip([0x20, 0x09])
      if at < bytes.count, bytes[at] == byte { at += 1; return true }
      at = before
      return false
    }

    mutating func value() -> String? {
      skip([0x20, 0x09])
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return token() }
      at += 1
      var text: [UInt8] = []
      while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
        if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count { at += 1 }
        text.append(bytes[at])
        at += 1
      }
      guard at < bytes.count else { return nil }
      at += 1
      return String(decoding: text, as: UTF8.self)
    }
  }
}
