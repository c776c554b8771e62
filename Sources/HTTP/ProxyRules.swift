import Command
import Records

/// Chooses the proxy for an address, by the rules of Go programs such as docker and kubectl, so that draft uses the
/// same proxy as they do: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` in upper or lower case, but not `ALL_PROXY`, and
/// not `HTTP_PROXY` in a CGI program, where a client's `Proxy:` header sets it. libcurl's own rules differ.
/// Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
struct ProxyRules: Equatable {
  private enum Exception: Equatable {
    case all
    /// An address, or a network with a prefix length.
    case network([UInt8], bits: Int, port: String)
    /// With a leading dot; `itself` if it also covers the name without the dot.
    case domain(String, itself: Bool, port: String)
  }

  private let http: String?
  private let https: String?
  private var exceptions: [Exception] = []

  static let environment = ProxyRules { environmentVariable($0) }

  /// - Parameter variable: returns the value of an environment variable.
  init(_ variable: @escaping (String) -> String?) {
    let any = { (name: String) -> String? in
      for name in [name, name.lowercased()] { if let value = variable(name), !value.isEmpty { return value } }
      return nil
    }
    http = (variable("REQUEST_METHOD") ?? "").isEmpty ? any("HTTP_PROXY").flatMap(ProxyRules.url) : nil
    https = any("HTTPS_PROXY").flatMap(ProxyRules.url)
    for word in (any("NO_PROXY") ?? "").split(separator: ",") {
      let word = trimmed(word).lowercased()
      if word == "*" { exceptions = [.all]; break }
      if let exception = ProxyRules.exception(word) { exceptions.append(exception) }
    }
  }

  /// The proxy's URL for libcurl; nil for a direct connection.
  func proxy(for address: Address) -> String? {
    guard let proxy = address.isSecure ? https : http else { return nil }
    let (host, port) = ProxyRules.split(address.host) ?? (address.host, address.isSecure ? "443" : "80")
    if host == "localhost" { return nil }
    let bytes = ProxyRules.bytes(host)
    if let bytes, bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1] { return nil }
    return exceptions.contains { ProxyRules.matches($0, host, bytes, port) } ? nil : proxy
  }

  private static func matches(_ exception: Exception, _ host: String, _ bytes: [UInt8]?, _ port: String) -> Bool {
    switch exception {
    case .all: return true
    case let .network(network, bits, only):
      guard let bytes, bytes.count == network.count, only.isEmpty || only == port else { return false }
      return masked(bytes, bits) == masked(network, bits)
    case let .domain(name, itself, only):
      guard only.isEmpty || only == port else { return false }
      return host.hasSuffix(name) || (itself && host == name.dropFirst())
    }
  }

  private static func exception(_ word: String) -> Exception? {
    if let slash = word.firstIndex(of: "/"), let network = bytes(String(word[..<slash])) {
      let digits = word[slash...].dropFirst(), most = word[..<slash].contains(":") ? 128 : 32
      if digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let bits = Int(digits), (0...most).contains(bits) {
        return .network(network, bits: network.count == 4 && most == 128 ? max(0, bits - 96) : bits, port: "")
      }
    }
    var (host, port) = split(word) ?? (word, "")
    guard !host.isEmpty else { return nil }
    if let address = bytes(host) { return .network(address, bits: address.count * 8, port: port) }
    if host.hasPrefix("*.") { host.removeFirst() }
    let isBelow = host.hasPrefix(".")
    return .domain(isBelow ? host : "." + host, itself: !isBelow, port: port)
  }

  /// Splits `a:1` and `[::1]:1` into host and port; nil without a port.
  private static func split(_ text: String) -> (host: String, port: String)? {
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]"), text[end...].dropFirst().hasPrefix(":") else { return nil }
      return (String(text[..<end].dropFirst()), String(text[end...].dropFirst(2)))
    }
    guard let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") else { return nil }
    return (String(text[..<colon]), String(text[colon...].dropFirst()))
  }

  /// The bytes of an address, with or without brackets; IPv4 in IPv6 is returned as IPv4.
  private static func bytes(_ text: String) -> [UInt8]? {
    let host = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    if let v4 = Host.ipv4(host) { return v4 }
    guard let v6 = Host.ipv6(host) else { return nil }
    return v6.prefix(12).elementsEqual([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]) ? Array(v6.suffix(4)) : v6
  }

  private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let kept = max(0, min(8, bits - index * 8))
      return kept == 0 ? 0 : byte & (0xFF << (8 - kept))
    }
  }

  /// Adds the scheme `http` if there is none, and the scheme's port, since libcurl would use 1080 for all. A SOCKS
  /// proxy resolves host names itself. nil if it is not a URL.
  private static func url(_ text: String) -> String? {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    let whole = text.contains("://") ? text : "http://" + text
    guard let mark = whole.firstRange(of: "://") else { return nil }
    var scheme = whole[..<mark.lowerBound].lowercased()
    let ports = ["http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"]
    guard let port = ports[scheme] else { return nil }
    if scheme == "socks5" { scheme = "socks5h" }
    let authority = whole[mark.upperBound...].prefix { !"/?#".contains($0) }
    let at = authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex
    let host = String(authority[at...])
    guard !host.isEmpty, !host.hasPrefix(":") else { return nil }
    let place = split(host).map { $0.port.isEmpty ? host + port : host } ?? "\(host):\(port)"
    return "\(scheme)://\(authority[..<at])\(place)"
  }
}
