/// The addresses that helm's lint accepts: those of govalidator.
enum WebAddress {
  /// `IsRequestURL`: with a scheme.
  static func isRequest(_ text: String) -> Bool {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), isClean(text) else { return false }
    let scheme = text.utf8[..<colon]
    return scheme.first.map(isLetter) ?? false
      && scheme.allSatisfy {
        isLetter($0) || (0x30...0x39).contains($0)
          || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains($0)
      }
      && text.utf8.index(after: colon) < text.utf8.endIndex
  }

  /// `IsURL`: a scheme may be missing.
  static func isAddress(_ text: String) -> Bool {
    guard (4..<2083).contains(text.utf8.count), !text.hasPrefix("."), isClean(text) else { return false }
    var rest = text.utf8[...], hasScheme = false
    if let mark = text.firstRange(of: "://") {
      guard ["http", "https", "ftp", "tcp", "udp", "ws", "wss"].contains(String(text[..<mark.lowerBound])) else {
        return false
      }
      (rest, hasScheme) = (text.utf8[mark.upperBound...], true)
    }
    var host = rest.prefix { ![UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) }
    if let at = host.lastIndex(of: UInt8(ascii: "@")) {
      guard at > host.startIndex else { return false }
      host = host[host.index(after: at)...]
    }
    if host.first == UInt8(ascii: "[") { return host.contains(UInt8(ascii: "]")) }
    if let colon = host.lastIndex(of: UInt8(ascii: ":")) {
      let port = host[host.index(after: colon)...]
      guard (1...5).contains(port.count), port.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
      (host, hasScheme) = (host[..<colon], true)
    }
    if host.last == UInt8(ascii: ".") { host = host.dropLast() }
    guard hasScheme || host.contains(UInt8(ascii: ".")) else { return false }
    return host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
      func isWord(_ byte: UInt8?) -> Bool {
        byte.map { $0 >= 0x80 || isLetter($0) || (0x30...0x39).contains($0) } ?? false
      }
      return isWord(label.first) && isWord(label.last)
        && label.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
  }

  /// `IsEmail`.
  static func isMail(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let local = parts.first, let domain = parts.last, !local.isEmpty, isClean(text) else {
      return false
    }
    guard !local.hasPrefix("."), !local.hasSuffix("."), !local.contains("..") else { return false }
    guard
      local.utf8.allSatisfy({
        $0 >= 0x80 || isLetter($0) || (0x30...0x39).contains($0) || "!#$%&'*+-/=?^_`{|}~.".utf8.contains($0)
      })
    else { return false }
    let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1
      && labels.allSatisfy { label in
        !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
          && label.utf8.allSatisfy {
            $0 >= 0x80 || isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
          }
      } && labels.last.map { $0.utf8.allSatisfy { $0 >= 0x80 || isLetter($0) } } ?? false
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) && byte >= 0x41 }
  private static func isClean(_ text: String) -> Bool { text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } }
}
