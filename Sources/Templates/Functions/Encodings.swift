import CCrypto
import CDeflate

extension Sprig {
  mutating func addEncodings() {
    for (name, base) in [("b64", BaseEncoding.base64), ("b32", .base32)] {
      addText("\(name)enc", base.encode)
      // An error is what it gives.
      addText("\(name)dec") { text in
        switch base.decode(text) {
        case .success(let bytes): bytes
        case .failure(let problem):
          Array("illegal \(name == "b64" ? "base64" : "base32") data at input byte \(problem.place)".utf8)
        }
      }
    }
    addText("sha1sum") { Sprig.hash($0, 20, ccrypto_sha1) }
    addText("sha256sum") { Sprig.hash($0, 32, ccrypto_sha256_of) }
    addText("sha512sum") { Sprig.hash($0, 64, ccrypto_sha512) }
    addText("adler32sum") { text in
      text.withUnsafeBytes { Array("\(libdeflate_adler32(1, $0.baseAddress, $0.count))".utf8) }
    }
  }

  /// In hexadecimal digits.
  private static func hash(
    _ text: [UInt8], _ size: Int, _ compute: (UnsafeRawPointer?, Int, UnsafeMutablePointer<UInt8>?) -> Void
  ) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: size)
    text.withUnsafeBytes { text in
      digest.withUnsafeMutableBufferPointer { compute(text.baseAddress, text.count, $0.baseAddress) }
    }
    return digest.flatMap { [$0 >> 4, $0 & 15].map { $0 < 10 ? $0 + 0x30 : $0 + 0x57 } }
  }
}

/// RFC 4648 with padding, as Go's StdEncoding reads and writes it. https://pkg.go.dev/encoding/base64
struct BaseEncoding {
  /// Where Go says that the text is wrong.
  struct Fault: Error { let place: Int }

  private let alphabet: [UInt8]
  private let values: [UInt8]
  /// Bits of a character; characters and bytes of a group.
  private let bits: Int
  private let characters: Int
  private let bytes: Int

  private init(_ alphabet: String, bits: Int, characters: Int, bytes: Int) {
    (self.alphabet, self.bits, self.characters, self.bytes) = (Array(alphabet.utf8), bits, characters, bytes)
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, character) in self.alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    self.values = values
  }

  static let base64 = BaseEncoding(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", bits: 6, characters: 4, bytes: 3)
  static let base32 = BaseEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits: 5, characters: 8, bytes: 5)

  func encode(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity((text.count + bytes - 1) / bytes * characters)
    for start in stride(from: 0, to: text.count, by: bytes) {
      var group: UInt64 = 0
      let count = min(bytes, text.count - start)
      for place in 0..<bytes { group = group << 8 | (place < count ? UInt64(text[start + place]) : 0) }
      let used = (count * 8 + bits - 1) / bits
      for place in 0..<characters {
        let value = group >> UInt64((characters - 1 - place) * bits) & (1 << UInt64(bits) - 1)
        result.append(place < used ? alphabet[Int(value)] : UInt8(ascii: "="))
      }
    }
    return result
  }

  /// Line ends are passed over.
  func decode(_ text: [UInt8]) -> Result<[UInt8], Fault> {
    bits == 6 ? decode64(text) : decode32(text)
  }

  private func flush(_ group: [UInt8], to result: inout [UInt8]) {
    var value: UInt64 = 0
    for place in 0..<characters { value = value << UInt64(bits) | UInt64(place < group.count ? group[place] : 0) }
    for place in 0..<(group.count * bits / 8) {
      result.append(UInt8(truncatingIfNeeded: value >> UInt64((bytes - 1 - place) * 8)))
    }
  }

  private func decode64(_ text: [UInt8]) -> Result<[UInt8], Fault> {
    var result: [UInt8] = [], group: [UInt8] = [], place = 0
    func skipLines() { while place < text.count, text[place] == 0x0A || text[place] == 0x0D { place += 1 } }
    while true {
      guard place < text.count else {
        // Characters that make no whole group.
        return group.isEmpty ? .success(result) : .failure(Fault(place: place - group.count))
      }
      let character = text[place]
      place += 1
      if values[Int(character)] != 0xFF {
        group.append(values[Int(character)])
        if group.count == 4 {
          flush(group, to: &result)
          group = []
        }
        continue
      }
      if character == 0x0A || character == 0x0D { continue }
      guard character == UInt8(ascii: "="), group.count >= 2 else { return .failure(Fault(place: place - 1)) }
      if group.count == 2 {
        skipLines()
        if place == text.count { return .failure(Fault(place: text.count)) }
        guard text[place] == UInt8(ascii: "=") else { return .failure(Fault(place: place - 1)) }
        place += 1
      }
      skipLines()
      guard place == text.count else { return .failure(Fault(place: place)) }
      flush(group, to: &result)
      return .success(result)
    }
  }

  /// Go takes the line ends out before it counts places.
  private func decode32(_ text: [UInt8]) -> Result<[UInt8], Fault> {
    let text = text.filter { $0 != 0x0A && $0 != 0x0D }
    var result: [UInt8] = [], start = 0
    while start < text.count {
      var group: [UInt8] = []
      for place in 0..<8 {
        let here = start + place
        guard here < text.count else { return .failure(Fault(place: here - place)) }
        if text[here] == UInt8(ascii: "="), place >= 2, text.count - here - 1 < 8 {
          // What is left must be padding to the end of the group.
          let left = text.count - here - 1
          if left + place < 7 { return .failure(Fault(place: text.count)) }
          for pad in 0..<(7 - place) where text[here + 1 + pad] != UInt8(ascii: "=") {
            return .failure(Fault(place: here + pad))
          }
          if place == 1 || place == 3 || place == 6 { return .failure(Fault(place: here)) }
          flush(group, to: &result)
          return .success(result)
        }
        let value = values[Int(text[here])]
        if value == 0xFF { return .failure(Fault(place: here)) }
        group.append(value)
      }
      flush(group, to: &result)
      start += 8
    }
    return .success(result)
  }
}
