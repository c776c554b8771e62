/// The name of an image in a registry: `127.0.0.1:5000/web:v1`, `docker.io/library/web@sha256:…`.
///
/// Docker's short names are expanded: `web` is `docker.io/library/web`. A value is valid in a URL as it stands.
/// Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests,
/// https://github.com/distribution/reference
public struct Reference: Hashable, Sendable, CustomStringConvertible {
  /// Host and port in lower case: `docker.io`, `127.0.0.1:5000`, `[::1]:5000`.
  public var registry: String
  /// `library/web`
  public var repository: String
  public var tag: String?
  public var digest: Digest?

  /// Throws ``ImageLayoutError/reference(_:reason:)``.
  public init(_ text: String) throws(ImageLayoutError) {
    func fail(_ reason: String) -> ImageLayoutError { .reference(text, reason: reason) }
    var rest = text[...]
    if let at = rest.firstIndex(of: "@") {
      guard let digest = Digest(String(rest[rest.index(after: at)...])) else {
        throw fail("the text after '@' is not a digest")
      }
      self.digest = digest
      rest = rest[..<at]
    }
    if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
      let tag = String(rest[rest.index(after: colon)...])
      guard Reference.isTag(tag) else { throw fail("'\(tag)' is not a tag") }
      self.tag = tag
      rest = rest[..<colon]
    }
    if let host = Reference.registry(in: rest) {
      registry = host.lowercased()
      rest = rest.dropFirst(host.count + 1)
      guard Reference.isRegistry(registry) else { throw fail("'\(registry)' is not a host") }
    } else {
      registry = "docker.io"
    }
    if ["index.docker.io", "registry-1.docker.io"].contains(registry) { registry = "docker.io" }
    repository = String(rest)
    if registry == "docker.io", !repository.contains("/") { repository = "library/" + repository }
    guard Reference.isRepository(repository) else { throw fail("'\(rest)' is not a repository name") }
  }

  /// The registry in a name, by docker's rule: the part before the first `/`, if it contains a `.`, a `:` or an
  /// upper-case letter, or is `localhost`. nil for `me/web`, which is on Docker Hub, and for `web`.
  public static func registry(in name: some StringProtocol) -> String? {
    guard let slash = name.firstIndex(of: "/") else { return nil }
    let first = name[..<slash]
    return first == "localhost" || first.contains { $0 == "." || $0 == ":" || $0.isUppercase } ? String(first) : nil
  }

  /// Whether builders read the text as an image name, not as a transport such as `oci:/path`, `dir:/path` or
  /// `docker-archive:x`. `docker:28` is an image on Docker Hub.
  /// Source: https://github.com/containers/image/blob/main/docs/containers-transports.5.md
  public static func isOfImage(_ text: String) -> Bool {
    guard (try? Reference(text)) != nil else { return false }
    let places = [
      "containers-storage", "dir", "docker-archive", "docker-daemon", "oci", "oci-archive", "ostree", "sif", "tarball",
      "atomic"
    ]
    guard let colon = text.firstIndex(of: ":") else { return true }
    return !places.contains(text[..<colon].lowercased())
  }

  /// Whether the name includes a registry to push to. `localhost/web`, a local name of containers-storage, does not.
  public static func isQualified(_ name: String) -> Bool { registry(in: name).map { $0 != "localhost" } ?? false }

  /// The name as containers-storage writes it; a name without a registry becomes a local one: `localhost/web`.
  public static func stored(_ name: String) -> String { registry(in: name) == nil ? "localhost/" + name : name }

  /// Host and port of the registry's API. Docker Hub's API has another host than its image names.
  public var host: String { registry == "docker.io" ? "registry-1.docker.io" : registry }

  /// Without tag and digest.
  public var name: String { "\(registry)/\(repository)" }

  public var description: String { name + (tag.map { ":" + $0 } ?? "") + (digest.map { "@\($0)" } ?? "") }

  /// Up to 128 letters, digits, `_`, `.` and `-`; the first is neither `.` nor `-`.
  public static func isTag(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
    return (isWord(first) || first == UInt8(ascii: "_"))
      && text.utf8.allSatisfy { isWord($0) || "_.-".utf8.contains($0) }
  }

  /// Lower-case letters and digits in parts separated by `/`, inside a part by `.`, `_`, `__` or any number of `-`.
  public static func isRepository(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 255 else { return false }
    return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      let bytes = Array(part.utf8)
      guard let first = bytes.first, let last = bytes.last, isLower(first), isLower(last) else { return false }
      var separator: [UInt8] = []
      for byte in bytes {
        if isLower(byte) {
          let isOne =
            separator.isEmpty || separator == [0x2E] || separator == [0x5F] || separator == [0x5F, 0x5F]
            || separator.allSatisfy { $0 == 0x2D }
          guard isOne else { return false }
          separator = []
        } else {
          separator.append(byte)
        }
      }
      return true
    }
  }

  /// A host name, an IPv4 address, or an IPv6 address in brackets, with an optional port.
  private static func isRegistry(_ text: String) -> Bool {
    var host = text[...], port: Substring?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return false }
      host = text[text.index(after: text.startIndex)..<end]
      let tail = text[text.index(after: end)...]
      if !tail.isEmpty { guard tail.hasPrefix(":") else { return false }; port = tail.dropFirst() }
      guard !host.isEmpty, host.utf8.allSatisfy({ isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
      else { return false }
    } else {
      if let colon = text.firstIndex(of: ":") { host = text[..<colon]; port = text[text.index(after: colon)...] }
      guard let first = host.utf8.first, isWord(first), host.utf8.allSatisfy({ isWord($0) || "-._".utf8.contains($0) })
      else { return false }
    }
    guard let port else { return true }
    return port.utf8.allSatisfy { (0x30...0x39).contains($0) } && (1...65_535).contains(Int(port) ?? 0)
  }

  private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
  private static func isWord(_ byte: UInt8) -> Bool { isLower(byte) || (0x41...0x5A).contains(byte) }
  private static func isHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}
