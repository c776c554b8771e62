import Command
import OCI

/// Where a chart is, as users write it and as it is printed. What is printed can be pasted wherever one is taken.
///
///     helm:HOST/PATH[#VERSION]        the chart PATH of the repository at https://HOST
///     REPO/NAME[#VERSION]             a chart of a repository that helm knows by name
///     oci://HOST/PATH[:VERSION]       a chart in a registry; @DIGEST pins it
///     https://…/NAME-VERSION.tgz      an archive
///     ./DIRECTORY, ./FILE.tgz         on this machine
///
/// `#VERSION` may be a constraint, as in `#^1.2`, where a chart is searched for. A text that begins with a dot or a
/// slash, or names something in the current directory, is a path.
package enum ChartReference: Hashable, Sendable, CustomStringConvertible {
  case helm(host: String, path: String, version: String?)
  case repository(String, name: String, version: String?)
  /// The version is a tag as it is written, with `+` instead of the `_` that a registry keeps.
  case oci(host: String, path: String, version: String?, digest: Digest?)
  case url(String)
  /// A directory, or an archive.
  case path(String)

  /// - Parameter exists: whether there is something at a path.
  /// - Throws: ``ChartError/badReference(_:reason:)``.
  package init(_ text: String, exists: (String) -> Bool = Files.exists) throws(ChartError) {
    func bad(_ reason: String) -> ChartError { .badReference(text, reason: reason) }
    guard !text.isEmpty else { throw bad("it is empty") }
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw bad("it has control characters")
    }
    if let rest = text.after("oci://") {
      self = try ChartReference.oci(rest, bad)
    } else if text.hasPrefix("https://") || text.hasPrefix("http://") {
      let path = text.prefix { $0 != "?" && $0 != "#" }
      guard !text.utf8.contains(0x20), let host = text.split(separator: "/").dropFirst().first,
        ChartReference.isHost(String(host))
      else { throw bad("its host is not one") }
      guard path.hasSuffix(".tgz"), path.split(separator: "/").count > 2 else { throw bad("a URL is that of a .tgz") }
      guard !text.contains("#") else { throw bad("an archive has the version in its name: leave out the '#'") }
      self = .url(text)
    } else if let rest = text.after("helm:") {
      let (place, version) = try ChartReference.versioned(rest, bad)
      let parts = place.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, ChartReference.isHost(parts[0]) else { throw bad("write it as helm:HOST/PATH[#VERSION]") }
      guard ChartReference.isPath(parts[1]) else { throw bad("'\(parts[1])' is not the path of a chart") }
      self = .helm(host: parts[0], path: parts[1], version: version)
    } else if text.hasPrefix(".") || text.hasPrefix("/") || exists(text) {
      self = .path(text)
    } else if text.contains("://") {
      throw bad("charts are taken from oci:// and https://")
    } else {
      let (place, version) = try ChartReference.versioned(text, bad)
      let parts = place.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, parts.allSatisfy(ChartReference.isName) else {
        throw bad("there is no such file, and it is neither REPO/NAME[#VERSION] nor another reference")
      }
      self = .repository(parts[0], name: parts[1], version: version)
    }
  }

  package var description: String {
    func tail(_ version: String?) -> String { version.map { "#" + $0 } ?? "" }
    switch self {
    case let .helm(host, path, version): return "helm:\(host)/\(path)\(tail(version))"
    case let .repository(repository, name, version): return "\(repository)/\(name)\(tail(version))"
    case let .oci(host, path, version, digest):
      return "oci://\(host)/\(path)" + (version.map { ":" + $0 } ?? "") + (digest.map { "@\($0)" } ?? "")
    case let .url(url): return url
    case let .path(path): return path.hasPrefix(".") || path.hasPrefix("/") ? path : "./" + path
    }
  }

  /// The version or the constraint in it; nil if it has none.
  package var version: String? {
    switch self {
    case let .helm(_, _, version), let .repository(_, _, version), let .oci(_, _, version, _): version
    case .url, .path: nil
    }
  }

  /// The same chart in one version.
  package func at(_ version: String) -> ChartReference {
    switch self {
    case let .helm(host, path, _): .helm(host: host, path: path, version: version)
    case let .repository(repository, name, _): .repository(repository, name: name, version: version)
    case let .oci(host, path, _, _): .oci(host: host, path: path, version: version, digest: nil)
    case .url, .path: self
    }
  }

  /// Whether it names one chart, without a search: a version, and no constraint.
  package var isExact: Bool {
    switch self {
    case .url, .path: true
    case let .oci(_, _, version, digest): version != nil || digest != nil
    case let .helm(_, _, version), let .repository(_, _, version):
      // `1` and `1.2` are constraints as well: they admit what begins with them.
      version.map { text in Version(text).map { $0.original.hasSuffix($0.description) } ?? false } ?? false
    }
  }

  /// The reference in the first comment of a values file: `# chart: REFERENCE`. nil if it has none.
  package static func named(inValues bytes: [UInt8]) throws(ChartError) -> ChartReference? {
    for line in bytes.split(separator: 0x0A) {
      let text = String(decoding: line, as: UTF8.self).trimmed
      guard text.hasPrefix("#") else { return nil }
      if let rest = text.dropFirst().drop(while: { $0 == " " || $0 == "\t" }).after("chart:") {
        return try ChartReference(rest.trimmed)
      }
    }
    return nil
  }

  private static func oci(_ rest: String, _ bad: (String) -> ChartError) throws(ChartError) -> ChartReference {
    guard !rest.contains("#") else { throw bad("the version of a chart in a registry follows a ':'") }
    var rest = rest[...], digest: Digest?, version: String?
    if let at = rest.firstIndex(of: "@") {
      guard let found = Digest(String(rest[rest.index(after: at)...])) else {
        throw bad("the text after '@' is not a digest")
      }
      digest = found
      rest = rest[..<at]
    }
    if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
      let text = String(rest[rest.index(after: colon)...])
      let isTag = { (byte: UInt8) in Version.isWord(byte) || "._+".utf8.contains(byte) }
      guard let first = text.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-"), text.utf8.count <= 128,
        text.utf8.allSatisfy(isTag)
      else {
        throw bad("'\(text)' is not a version")
      }
      version = text
      rest = rest[..<colon]
    }
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, isHost(parts[0]) else { throw bad("write it as oci://HOST/PATH[:VERSION]") }
    guard isPath(parts[1]), parts[1] == parts[1].lowercased() else {
      throw bad("'\(parts[1])' is not a repository name")
    }
    return .oci(host: parts[0], path: parts[1], version: version, digest: digest)
  }

  /// The part before a `#`, and the version or constraint after it.
  private static func versioned(_ text: String, _ bad: (String) -> ChartError) throws(ChartError) -> (String, String?) {
    guard let (place, version) = text.cut(at: "#") else { return (text, nil) }
    guard Version(version) != nil || VersionConstraint(version) != nil else {
      throw bad("'\(version)' is neither a version nor a constraint")
    }
    return (place, version)
  }

  private static func isHost(_ text: String) -> Bool {
    var host = text[...]
    if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
      guard let port = Int(host[host.index(after: colon)...]), (1...65_535).contains(port) else { return false }
      host = host[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      return host.utf8.count > 3
        && host.dropFirst().dropLast().utf8.allSatisfy { Version.isWord($0) || $0 == UInt8(ascii: ":") }
    }
    guard let first = host.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { return false }
    return host.utf8.allSatisfy { Version.isWord($0) || $0 == UInt8(ascii: ".") }
  }

  private static func isPath(_ text: String) -> Bool {
    text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { isName(String($0)) }
  }

  /// Whether a text is the name of a plain file: letters, digits, `.`, `_`, `-` and `+`.
  package static func isFileName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-"), text.utf8.count <= 250
    else { return false }
    return text.utf8.allSatisfy { Version.isWord($0) || "._+".utf8.contains($0) }
  }

  /// Whether a text is the name of a repository or a chart in a reference: letters, digits, `.`, `_` and `-`.
  package static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-"), text.utf8.count <= 250
    else { return false }
    return text.utf8.allSatisfy(isNameByte)
  }

  package static func isNameByte(_ byte: UInt8) -> Bool {
    Version.isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
  }
}

extension StringProtocol {
  fileprivate func after(_ prefix: String) -> String? {
    utf8.starts(with: prefix.utf8) ? String(decoding: Array(utf8)[prefix.utf8.count...], as: UTF8.self) : nil
  }
}
