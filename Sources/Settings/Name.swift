/// The name rules of Kubernetes (RFC 1123 labels,
/// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/).
public enum Name {
  /// At most 53 characters, as for a helm release, so that charts can append to it.
  public static let applicationLimit = 53
  static let hint = "use lower-case letters, digits and '-', a letter or digit first and last"

  /// A label of at most 53 characters.
  public static func isApplication(_ text: String) -> Bool { isLabel(text[...], limit: applicationLimit) }
  /// The rule of helm for a release name: application names, joined by dots.
  public static func isRelease(_ text: String) -> Bool {
    text.utf8.count <= applicationLimit
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
        isLabel($0, limit: applicationLimit)
      }
  }
  /// A label of at most 63 characters.
  public static func isNamespace(_ text: String) -> Bool { isLabel(text[...], limit: 63) }

  /// Labels joined by dots.
  public static func isDomain(_ text: String) -> Bool {
    text.utf8.count <= 253
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0, limit: 63) }
  }

  /// A valid TOML key that is also safe as a file name.
  public static func isEnvironment(_ text: String) -> Bool {
    guard let first = text.utf8.first, Settings.isAlphanumeric(first), text.utf8.count <= 63 else { return false }
    return text.utf8.allSatisfy {
      Settings.isAlphanumeric($0) || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains($0)
    }
  }

  static func isVariable(_ text: String) -> Bool {
    guard let first = text.utf8.first, !Settings.isDigit(first) else { return false }
    return text.utf8.allSatisfy { Settings.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
  }

  private static func isLabel(_ text: Substring, limit: Int) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, Settings.isLower(first), Settings.isLower(last) else {
      return false
    }
    return text.utf8.count <= limit && text.utf8.allSatisfy { Settings.isLower($0) || $0 == UInt8(ascii: "-") }
  }

  /// Turns any text into a name: lower case, other characters collapsed into one `-`, none at the ends; `app` if none
  /// is left.
  public static func safe(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      let lower = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
      if Settings.isLower(lower) {
        bytes.append(lower)
      } else if let last = bytes.last, last != UInt8(ascii: "-") {
        bytes.append(UInt8(ascii: "-"))
      }
    }
    bytes = Array(bytes.prefix(applicationLimit))
    while bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
    return bytes.isEmpty ? "app" : String(decoding: bytes, as: UTF8.self)
  }
}
