import Command

/// Values that would fail late, or are dangerous, are rejected here, with the place where they are set.
extension Settings {
  static func wrong(_ key: Key, _ value: Layers.Sourced<String>, _ reason: String, hint: String? = nil) -> SettingsError
  {
    .wrongValue(key: key.name, place: value.place, reason: reason, hint: hint)
  }

  /// `HOST[:PORT][/PATH]`; nil if empty.
  static func registry(_ text: Layers.Sourced<String>) throws -> String? {
    var registry = text.value[...]
    while registry.hasSuffix("/") { registry.removeLast() }
    if registry.isEmpty { return nil }
    let hint = "write HOST[:PORT][/PATH], as in 'docker.io/me' or '127.0.0.1:5000'"
    // Not quoted in the message: it may hold a password.
    if registry.contains("@") {
      throw wrong(
        .registry, text, "it contains a user or a password",
        hint: "log in with 'docker login' or 'buildah login' instead")
    }
    if registry.utf8.starts(with: "http://".utf8) || registry.utf8.starts(with: "https://".utf8) {
      throw wrong(.registry, text, "'\(registry)' is a URL", hint: hint)
    }
    let parts = registry.split(separator: "/", omittingEmptySubsequences: false)
    guard isHost(parts[0]), parts.dropFirst().allSatisfy(isPathPart) else {
      throw wrong(.registry, text, "'\(registry)' is not a registry", hint: hint)
    }
    return String(registry)
  }

  private static func isHost(_ text: Substring) -> Bool {
    var host = text
    if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
      let port = text[text.index(after: colon)...]
      guard !port.isEmpty, port.utf8.allSatisfy(isDigit), let number = Int(port), (1...65535).contains(number) else {
        return false
      }
      host = text[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      return host.count > 2 && host.dropFirst().dropLast().utf8.allSatisfy { isHex($0) || $0 == UInt8(ascii: ":") }
    }
    guard let first = host.utf8.first, let last = host.utf8.last, isAlphanumeric(first), isAlphanumeric(last) else {
      return false
    }
    return host.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
      && !host.contains("..")
  }

  /// A component of a repository path: lower case, no separator first or last.
  private static func isPathPart(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, isLower(first), isLower(last) else { return false }
    return text.utf8.allSatisfy {
      isLower($0) || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains($0)
    } && !text.contains("..")
  }

  /// A built-in builder, or the NAME of a `draft-builder-NAME`; never a path.
  static func builder(_ text: Layers.Sourced<String>) throws -> String {
    if text.value == "acrbuild" {
      throw wrong(
        .builder, text, "'acrbuild' is no longer supported",
        hint: "use buildah, docker or podman, or put a 'draft-builder-acrbuild' on PATH under another name")
    }
    guard let first = text.value.utf8.first, isLower(first), text.value.utf8.count <= 64,
      text.value.utf8.allSatisfy({ isLower($0) || $0 == UInt8(ascii: "-") })
    else {
      throw wrong(
        .builder, text, "'\(text.value)' is not a valid builder name",
        hint: "use buildah, docker, podman, or the NAME of a 'draft-builder-NAME' on PATH")
    }
    return text.value
  }

  static func engine(_ text: Layers.Sourced<String>) throws -> String {
    guard ["helm", "podman"].contains(text.value) else {
      throw wrong(.engine, text, "'\(text.value)' is not an engine", hint: "use helm or podman")
    }
    return text.value
  }

  /// NAME of a program docker-credential-NAME.
  static func helper(_ text: Layers.Sourced<String>) throws {
    guard text.value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
      throw wrong(
        .credentialHelper, text, "'\(text.value)' is not the name of a credential helper",
        hint: "as in 'pass', for the program docker-credential-pass")
    }
  }

  /// Plugins and the stages that they follow, as for draft-up.
  static func plugins(_ text: Layers.Sourced<String>) throws {
    for word in text.value.split(separator: " ") {
      let stages = ["pack", "build", "push", "release"]
      if let (name, stage) = word.cut(at: "@"), Plugin.isName(name), stages.contains(stage) { continue }
      throw wrong(
        .with, text, "'\(word)' is not PLUGIN@STAGE",
        hint: "as in scan@build; the stages are pack, build, push and release")
    }
  }

  /// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
  static func tag(_ item: Layers.Sourced<String>) throws -> String {
    let bytes = item.value.utf8
    let word = { (byte: UInt8) in isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
    guard let first = bytes.first, word(first), bytes.count <= 128,
      bytes.allSatisfy({ word($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
    else {
      throw wrong(
        .customTags, item, "'\(item.value)' is not a tag", hint: "use up to 128 letters, digits, '_', '.' and '-'")
    }
    return item.value
  }

  /// `LOCAL:REMOTE`; no port may be mapped twice.
  static func ports(_ items: [Layers.Sourced<String>]) throws -> [String] {
    var seen: Set<String> = []
    for item in items {
      let parts = item.value.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2,
        parts.allSatisfy({ part in part.utf8.allSatisfy(isDigit) && (1...65535).contains(Int(part) ?? 0) })
      else {
        throw wrong(
          .overridePorts, item, "'\(item.value)' is not LOCAL:REMOTE", hint: "write two port numbers, as in '8080:80'")
      }
      for key in ["local \(parts[0])", "remote \(parts[1])"] where !seen.insert(key).inserted {
        throw wrong(.overridePorts, item, "\(key) is mapped twice")
      }
    }
    return items.map(\.value)
  }

  static func domain(_ text: Layers.Sourced<String>) throws -> String {
    guard text.value.isEmpty || Name.isDomain(text.value) else {
      throw wrong(.basedomain, text, "'\(text.value)' is not a domain", hint: "as in 'example.com'")
    }
    return text.value
  }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  static func isLower(_ byte: UInt8) -> Bool { isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
  static func isHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }
}
