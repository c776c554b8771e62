/// A login for a registry. Never printed: its description holds no secret, and no error carries it.
enum Credential: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  case password(user: String, password: String)
  /// What Docker calls an identity token and OAuth 2 a refresh token.
  case identityToken(String)

  var description: String { "(secret)" }
  var debugDescription: String { "(secret)" }

  /// The value of an `Authorization` header; nil for an identity token.
  var basic: String? {
    guard case let .password(user, password) = self else { return nil }
    return "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
  }
}

/// Base64 (RFC 4648 §4).
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  package static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for index in 0..<4 { out.append(index <= group.count ? alphabet[value >> (18 - 6 * index) & 63] : UInt8(ascii: "=")) }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// nil if it is not base64; padding is optional, and line ends are ignored.
  static func decode(_ text: String) -> [UInt8]? {
    var out: [UInt8] = [], value = 0, bits = 0
    for byte in text.utf8 where byte != UInt8(ascii: "=") && byte != 0x0A && byte != 0x0D {
      guard let digit = alphabet.firstIndex(of: byte) else { return nil }
      value = (value << 6 | digit) & 0xFFFF
      bits += 6
      if bits >= 8 { bits -= 8; out.append(UInt8(value >> bits & 0xFF)) }
    }
    return out
  }
}
