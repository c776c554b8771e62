// Go's net/url, as far as urlParse and urlJoin show it. https://pkg.go.dev/net/url
extension Sprig {
  mutating func addURLs() {
    add("urlParse", takes: [.string]) { _, arguments in
      do throws(URLParts.Fault) {
        let parts = try URLParts(arguments[0].text)
        return .map(
          GoMap([
            ("scheme", .string(parts.scheme)), ("host", .string(parts.host)), ("hostname", .string(parts.hostname)),
            ("path", .string(parts.path)), ("query", .string(parts.query)), ("opaque", .string(parts.opaque)),
            ("fragment", .string(parts.fragment)), ("userinfo", .string(parts.userinfo ?? []))
          ]))
      } catch {
        throw RenderFailure.failed("unable to parse url: parse \(GoQuote.quoted(error.url)): \(error.text)")
      }
    }
    add("urlJoin", takes: [.map]) { _, arguments in
      func part(_ key: String) throws(RenderFailure) -> [UInt8] {
        guard let value = arguments[0].goMap?[key] else { return [] }
        if value.isNil { throw .nilPointer }
        guard case .string(let text) = value else {
          throw .failed(
            "unable to parse \(key) key, must be of type string, but \(value.kindName) found")
        }
        return text
      }
      var parts = URLParts()
      parts.scheme = try part("scheme")
      parts.host = try part("host")
      parts.path = try part("path")
      parts.query = try part("query")
      parts.opaque = try part("opaque")
      parts.fragment = try part("fragment")
      let userinfo = try part("userinfo")
      if !userinfo.isEmpty {
        let url = Array("proto://".utf8) + userinfo + Array("@host".utf8)
        do throws(URLParts.Fault) {
          parts.userinfo = try URLParts(url).userinfo
        } catch {
          throw RenderFailure.failed(
            "unable to parse userinfo in dict: parse \(GoQuote.quoted(error.url)): \(error.text)")
        }
      }
      return .string(parts.text)
    }
  }
}

struct URLParts {
  struct Fault: Error {
    let text: String
    /// What does not parse.
    var url: [UInt8] = []
  }

  var scheme: [UInt8] = []
  var opaque: [UInt8] = []
  /// As Go writes it: encoded. nil if there is none.
  var userinfo: [UInt8]?
  var host: [UInt8] = []
  /// Decoded.
  var path: [UInt8] = []
  var query: [UInt8] = []
  /// Decoded.
  var fragment: [UInt8] = []

  init() {}

  /// Where a text is, which decides what must be encoded.
  private enum Mode { case path, host, zone, userPassword, fragment }

  init(_ url: [UInt8]) throws(Fault) {
    let mark = url.firstIndex(of: UInt8(ascii: "#"))
    let text = mark.map { Array(url[..<$0]) } ?? url
    do throws(Fault) {
      if text.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        throw Fault(text: "net/url: invalid control character in URL")
      }
      if text == Self.star { path = text } else { try parse(text) }
    } catch { throw Fault(text: error.text, url: text) }
    guard let mark else { return }
    do throws(Fault) {
      fragment = try Self.decoded(Array(url[(mark + 1)...]), .fragment)
    } catch { throw Fault(text: error.text, url: url) }
  }

  private static let star = [UInt8(ascii: "*")]

  private mutating func parse(_ url: [UInt8]) throws(Fault) {
    var rest = url[...]
    // A scheme, if letters, digits, +, - and . stand in front of a colon.
    scan: for (place, byte) in url.enumerated() {
      switch byte {
      case 0x41...0x5A, 0x61...0x7A: continue
      case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
        if place == 0 { break scan }
      case UInt8(ascii: ":"):
        if place == 0 { throw Fault(text: "missing protocol scheme") }
        scheme = url[..<place].map { $0 &- 0x41 < 26 ? $0 + 32 : $0 }
        rest = url[(place + 1)...]
        break scan
      default: break scan
      }
    }
    if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
      query = Array(rest[(mark + 1)...])
      rest = rest[..<mark]
    }
    let slash = UInt8(ascii: "/")
    if rest.first != slash {
      if !scheme.isEmpty {
        opaque = Array(rest)
        return
      }
      // A colon in the first part of a path would be taken for a scheme.
      if rest.prefix(while: { $0 != slash }).contains(UInt8(ascii: ":")) {
        throw Fault(text: "first path segment in URL cannot contain colon")
      }
    }
    if rest.starts(with: [slash, slash]), !scheme.isEmpty || !rest.starts(with: [slash, slash, slash]) {
      let authority = rest.dropFirst(2).prefix { $0 != slash }
      rest = rest.dropFirst(2 + authority.count)
      try parse(authority: Array(authority))
    }
    path = try Self.decoded(Array(rest), .path)
  }

  private mutating func parse(authority: [UInt8]) throws(Fault) {
    let at = authority.lastIndex(of: UInt8(ascii: "@"))
    host = try Self.host(at.map { Array(authority[($0 + 1)...]) } ?? authority)
    guard let at else { return }
    let user = authority[..<at]
    let isValid = user.allSatisfy {
      switch $0 {
      case 0x41...0x5A, 0x61...0x7A, 0x30...0x39: true
      default: "-._:~!$&'()*+,;=%@".utf8.contains($0)
      }
    }
    guard isValid else { throw Fault(text: "net/url: invalid userinfo") }
    let colon = user.firstIndex(of: UInt8(ascii: ":"))
    var info = Self.encoded(try Self.decoded(Array(user[..<(colon ?? user.endIndex)]), .userPassword), .userPassword)
    if let colon {
      info.append(UInt8(ascii: ":"))
      info += Self.encoded(try Self.decoded(Array(user[(colon + 1)...]), .userPassword), .userPassword)
    }
    userinfo = info
  }

  private static func host(_ host: [UInt8]) throws(Fault) -> [UInt8] {
    func checkPort(_ port: [UInt8]) throws(Fault) {
      guard port.isEmpty || port[0] == UInt8(ascii: ":") && port.dropFirst().allSatisfy({ $0 &- 0x30 < 10 }) else {
        throw Fault(text: "invalid port \(GoQuote.quoted(port)) after host")
      }
    }
    if host.first == UInt8(ascii: "[") {
      guard let end = host.lastIndex(of: UInt8(ascii: "]")) else { throw Fault(text: "missing ']' in host") }
      try checkPort(Array(host[(end + 1)...]))
      if let zone = Text.find(Array("%25".utf8), in: Array(host[..<end])) {
        return try decoded(Array(host[..<zone]), .host) + decoded(Array(host[zone..<end]), .zone)
          + decoded(Array(host[end...]), .host)
      }
    } else if let colon = host.lastIndex(of: UInt8(ascii: ":")) {
      try checkPort(Array(host[colon...]))
    }
    return try decoded(host, .host)
  }

  /// Without the port, and without the brackets of an IPv6 address.
  var hostname: [UInt8] {
    var name = host[...]
    if let colon = name.lastIndex(of: UInt8(ascii: ":")), name[(colon + 1)...].allSatisfy({ $0 &- 0x30 < 10 }) {
      name = name[..<colon]
    }
    if name.first == UInt8(ascii: "["), name.last == UInt8(ascii: "]") { name = name.dropFirst().dropLast() }
    return Array(name)
  }

  /// The URL.
  var text: [UInt8] {
    var result: [UInt8] = scheme.isEmpty ? [] : scheme + [UInt8(ascii: ":")]
    let slash = UInt8(ascii: "/")
    if !opaque.isEmpty {
      result += opaque
    } else {
      if !scheme.isEmpty || !host.isEmpty || userinfo != nil {
        if !host.isEmpty || !path.isEmpty || userinfo != nil { result += [slash, slash] }
        if let userinfo { result += userinfo + [UInt8(ascii: "@")] }
        result += Self.encoded(host, .host)
      }
      let path = path == Self.star ? path : Self.encoded(path, .path)
      if let first = path.first, first != slash, !host.isEmpty { result.append(slash) }
      if result.isEmpty, path.prefix(while: { $0 != slash }).contains(UInt8(ascii: ":")) { result += "./".utf8 }
      result += path
    }
    if !query.isEmpty { result += [UInt8(ascii: "?")] + query }
    if !fragment.isEmpty { result += [UInt8(ascii: "#")] + Self.encoded(fragment, .fragment) }
    return result
  }

  private static func mustEncode(_ byte: UInt8, _ mode: Mode) -> Bool {
    switch byte {
    case 0x41...0x5A, 0x61...0x7A, 0x30...0x39: return false
    default: break
    }
    if mode == .host || mode == .zone, "!$&'()*+,;=:[]<>\"".utf8.contains(byte) { return false }
    if "-_.~".utf8.contains(byte) { return false }
    if "$&+,/:;=?@".utf8.contains(byte) {
      switch mode {
      case .path: return byte == UInt8(ascii: "?")
      case .userPassword: return "@/?:".utf8.contains(byte)
      case .fragment: return false
      case .host, .zone: return true
      }
    }
    return !(mode == .fragment && "!()*".utf8.contains(byte))
  }

  private static func encoded(_ text: [UInt8], _ mode: Mode) -> [UInt8] {
    guard text.contains(where: { mustEncode($0, mode) }) else { return text }
    var result: [UInt8] = []
    for byte in text {
      if mustEncode(byte, mode) {
        result += [UInt8(ascii: "%")] + [byte >> 4, byte & 15].map { $0 < 10 ? $0 + 0x30 : $0 + 0x37 }
      } else {
        result.append(byte)
      }
    }
    return result
  }

  private static func decoded(_ text: [UInt8], _ mode: Mode) throws(Fault) -> [UInt8] {
    var result: [UInt8] = [], place = 0
    while place < text.count {
      let byte = text[place]
      guard byte == UInt8(ascii: "%") else {
        if mode == .host || mode == .zone, byte < 0x80, mustEncode(byte, mode) {
          throw Fault(text: "invalid character \(GoQuote.quoted([byte])) in host name")
        }
        result.append(byte)
        place += 1
        continue
      }
      let digits = text[(place + 1)...].prefix(2)
      guard digits.count == 2, let high = Lexer.digit(digits[place + 1]), let low = Lexer.digit(digits[place + 2])
      else {
        throw Fault(text: "invalid URL escape \(GoQuote.quoted(text[place...].prefix(3)))")
      }
      let value = UInt8(high << 4 | low)
      // In a host only what is not ASCII may be encoded, and % in front of a zone.
      if mode == .host, high < 8, value != UInt8(ascii: "%") {
        throw Fault(text: "invalid URL escape \(GoQuote.quoted(text[place..<(place + 3)]))")
      }
      if mode == .zone, value != UInt8(ascii: "%"), value != 0x20, mustEncode(value, .host) {
        throw Fault(text: "invalid URL escape \(GoQuote.quoted(text[place..<(place + 3)]))")
      }
      result.append(value)
      place += 3
    }
    return result
  }
}
