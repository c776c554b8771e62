import Glibc

/// Decides from a host name or address alone, without DNS, whether it is this machine.
public enum Host {
  /// Whether a host, with or without a port, is this machine on every resolver: 127.0.0.0/8, ::1 (in brackets if a port
  /// follows), `localhost` and names below it (RFC 6761, 6.3).
  public static func isLoopback(_ text: some StringProtocol) -> Bool {
    guard let host = withoutPort(text.lowercased()) else { return false }
    if let v4 = ipv4(host) { return v4[0] == 127 }
    if let v6 = ipv6(host) { return v6 == [UInt8](repeating: 0, count: 15) + [1] }
    return host == "localhost" || (host.hasSuffix(".localhost") && isName(host))
  }

  /// The four bytes of an address, in the one spelling that all parsers agree on: not `127.1`, not `0177.0.0.1`.
  public static func ipv4(_ host: String) -> [UInt8]? {
    var address = in_addr()
    guard !host.utf8.contains(0), inet_pton(AF_INET, host, &address) == 1 else { return nil }
    return withUnsafeBytes(of: &address) { Array($0) }
  }

  /// The sixteen bytes of an address without brackets.
  public static func ipv6(_ host: String) -> [UInt8]? {
    var address = in6_addr()
    guard !host.utf8.contains(0), inet_pton(AF_INET6, host, &address) == 1 else { return nil }
    return withUnsafeBytes(of: &address) { Array($0) }
  }

  /// nil if the text is not a host, or its port is not valid.
  private static func withoutPort(_ text: String) -> String? {
    var host = text[...], port: Substring?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[..<end].dropFirst()
      let tail = text[end...].dropFirst()
      guard tail.isEmpty || tail.hasPrefix(":"), ipv6(String(host)) != nil else { return nil }
      port = tail.isEmpty ? nil : tail.dropFirst()
    } else if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
      (host, port) = (text[..<colon], text[colon...].dropFirst())
    }
    guard let port else { return String(host) }
    return port.utf8.allSatisfy { (0x30...0x39).contains($0) } && (Int(port) ?? 0) <= 65_535 && !port.isEmpty
      ? String(host) : nil
  }

  /// Labels joined by dots. With a path, a user or a space another parser could see another host.
  private static func isName(_ host: String) -> Bool {
    host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      !label.isEmpty
        && label.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }
  }
}
