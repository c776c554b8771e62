/// The address of a blob by its content: `sha256:` and 64 hex digits, or `sha512:` and 128.
///
/// A value of this type is always well formed, so it can be used in a path or a URL without another check.
/// Source: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
public struct Digest: Hashable, Sendable, CustomStringConvertible {
  /// `sha256` or `sha512`.
  public let algorithm: String
  /// Lower-case hex digits.
  public let hex: String

  /// nil unless the text is a digest of an algorithm that the specification registers.
  public init?(_ text: String) {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let algorithm = String(text[..<colon]), hex = String(text[text.utf8.index(after: colon)...])
    guard let length = ["sha256": 64, "sha512": 128][algorithm], hex.utf8.count == length else { return nil }
    let isHex: (UInt8) -> Bool = { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard hex.utf8.allSatisfy(isHex) else { return nil }
    self.algorithm = algorithm
    self.hex = hex
  }

  /// The SHA-256 of bytes.
  public init(of bytes: [UInt8]) {
    var hash = SHA256()
    hash.update(bytes)
    algorithm = "sha256"
    hex = hash.finish()
  }

  public var description: String { "\(algorithm):\(hex)" }

  /// `sha256:ab12cd34ef56`, for messages.
  public var short: String { "\(algorithm):\(hex.prefix(12))" }
}
