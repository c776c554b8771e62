/// An absolute http or https URL, split as far as a client needs: the server, and the request target.
///
/// Contains only printable ASCII, so it can neither break a header nor control a terminal. Source: RFC 3986.
package struct Address: Equatable, Sendable {
  package let isSecure: Bool
  /// Host and port in lower case, without the scheme's default port: `127.0.0.1:5000`.
  package let host: String
  /// Path and query: `/v2/web/blobs/uploads/?mount=…`. Begins with `/`.
  package var target: String

  package init(isSecure: Bool, host: String, target: String) {
    self.isSecure = isSecure
    let lower = host.lowercased(), own = isSecure ? ":443" : ":80"
    self.host =
      lower.hasSuffix(own) && !lower.dropLast(own.count).hasSuffix(":") ? String(lower.dropLast(own.count)) : lower
    self.target = target
  }

  /// nil for another scheme, a user name in the host, or bytes not allowed in a URL.
  package init?(_ text: String) {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") })
    else { return nil }
    let lower = text.prefix(8).lowercased()
    let isSecure = lower.hasPrefix("https://")
    guard isSecure || lower.hasPrefix("http://") else { return nil }
    let rest = text.dropFirst(isSecure ? 8 : 7).prefix { $0 != "#" }
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let host = rest[..<end], target = rest[end...]
    guard !host.isEmpty, host.utf8.allSatisfy({ Address.isHostByte($0) }) else { return nil }
    self.init(isSecure: isSecure, host: String(host), target: target.hasPrefix("/") ? String(target) : "/" + target)
  }

  /// Resolves a `Location` or a realm against this address; nil if the result is not an http or https URL.
  package func resolving(_ location: String) -> Address? {
    let scheme = isSecure ? "https" : "http"
    if location.isEmpty { return nil }
    if location.hasPrefix("//") { return Address("\(scheme):\(location)") }
    if location.hasPrefix("/") { return Address("\(scheme)://\(host)\(location)") }
    if let colon = location.firstIndex(of: ":"),
      location[..<colon].allSatisfy({ $0.isLetter || $0.isNumber || "+.-".contains($0) })
    {
      return Address(location)
    }
    let path = target.prefix { $0 != "?" }
    if location.hasPrefix("?") { return Address("\(scheme)://\(host)\(path)\(location)") }
    return Address("\(scheme)://\(host)\(path[...(path.lastIndex(of: "/") ?? path.startIndex)])\(location)")
  }

  /// The address with another query parameter.
  package func adding(_ name: String, _ value: String) -> Address {
    var address = self
    address.target +=
      (target.contains("?") ? (target.hasSuffix("?") || target.hasSuffix("&") ? "" : "&") : "?") + name + "="
      + percentEncoded(value)
    return address
  }

  package var text: String { (isSecure ? "https://" : "http://") + host + target }

  /// Without the query, which may hold a signature that gives write access.
  package var withoutQuery: String { String(text.prefix { $0 != "?" }) }

  /// Whether both have the same origin, so that a secret for one may be sent to the other.
  package func hasOrigin(of other: Address) -> Bool { isSecure == other.isSecure && host == other.host }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || "-._:[]".utf8.contains(byte)
  }
}

/// Percent-encodes everything but the unreserved characters (RFC 3986).
package func percentEncoded(_ text: String) -> String {
  let digits = Array("0123456789ABCDEF".utf8)
  var out: [UInt8] = []
  for byte in text.utf8 {
    if (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || "-._~".utf8.contains(byte)
    {
      out.append(byte)
    } else {
      out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
  return String(decoding: out, as: UTF8.self)
}
