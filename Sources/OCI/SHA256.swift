import CCrypto

/// SHA-256 (FIPS 180-4), by libcrypto.
public struct SHA256 {
  private var state = ccrypto_sha256()

  public init() { ccrypto_sha256_init(&state) }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    ccrypto_sha256_update(&state, bytes.baseAddress, bytes.count)
  }
  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }
  public mutating func update(_ text: String) { update(Array(text.utf8)) }

  /// 64 lower-case hex digits. Ends the hash: do not use the value afterwards.
  public mutating func finish() -> String { hex(finishBytes()) }

  /// The digest as 32 bytes. Ends the hash: do not use the value afterwards.
  package mutating func finishBytes() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    ccrypto_sha256_final(&state, &digest)
    return digest
  }

  /// The SHA-256 of bytes as OCI writes it: `sha256:` and 64 hex digits.
  public static func digest(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return "sha256:" + hash.finish()
  }
}

/// Lower-case hex digits, two per byte.
package func hex(_ bytes: some Collection<UInt8>) -> String {
  String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
    for (index, byte) in bytes.enumerated() {
      (text[2 * index], text[2 * index + 1]) = (hexDigit(byte >> 4), hexDigit(byte & 15))
    }
    return 2 * bytes.count
  }
}

private func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
