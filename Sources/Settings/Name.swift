/// The names Kubernetes takes (RFC 1123 labels, https://kubernetes.io/docs/concepts/overview/working-with-objects/names/).
public enum Name {
  /// A release's name is at most 53 characters, so that charts may append to it.
  public static let applicationLimit = 53
  static let hint = "use lower-case letters, digits and '-', a letter or digit first and last"

  public static func isApplication(_ text: String) -> Bool { isLabel(text[...], limit: applicationLimit) }
  /// What helm takes for a release's name: an application's, in parts joined by dots.
  public static func isRelease(_ text: String) -> Bool {
    text.utf8.count <= applicationLimit && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0, limit: applicationLimit) }
  }
  public static func isNamespace(_ text: String) -> Bool { isLabel(text[...], limit: 63) }

  /// Labels joined by dots.
  public static func isDomain(_ text: String) -> Bool {
    text.utf8.count <= 253 && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0, limit: 63) }
  }

  /// A key of a table, and fit for a file's name.
  public static func isEnvironment(_ text: String) -> Bool {
    guard let first = text.utf8.first, Settings.isAlphanumeric(first), text.utf8.count <= 63 else { return false }
    return text.utf8.allSatisfy { Settings.isAlphanumeric($0) || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains($0) }
  }

  static func isVariable(_ text: String) -> Bool {
    guard let first = text.utf8.first, !Settings.isDigit(first) else { return false }
    return text.utf8.allSatisfy { Settings.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
  }

  private static func isLabel(_ text: Substring, limit: Int) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, Settings.isLower(first), Settings.isLower(last) else { return false }
    return text.utf8.count <= limit && text.utf8.allSatisfy { Settings.isLower($0) || $0 == UInt8(ascii: "-") }
  }

  /// Any text as a name: lower case, each run of other characters one `-`, none at the ends; `app` when nothing is left.
  public static func safe(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
      if Settings.isLower(lower) { bytes.append(lower) } else if let last = bytes.last, last != UInt8(ascii: "-") { bytes.append(UInt8(ascii: "-")) }
    }
    bytes = Array(bytes.prefix(applicationLimit))
    while bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
    return bytes.isEmpty ? "app" : String(decoding: bytes, as: UTF8.self)
  }
}
