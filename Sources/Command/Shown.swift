import Records

extension String {
  /// On one line, without characters that a terminal acts on: for text that may quote a hostile file or server.
  public var harmless: String { shown(asLines: false) }

  /// The same for text of several lines: keeps line feeds and tabs.
  public var harmlessLines: String { shown(asLines: true) }

  /// Makes control characters visible: `\x1b`, and `<U+202E>` for eight-bit control characters and those that change
  /// the direction of text. Bytes that were not UTF-8 are replacement characters in a String already.
  private func shown(asLines: Bool) -> String {
    var text = self
    let isPlain = { (byte: UInt8) in String.isPlain(byte) || (asLines && (byte == 0x0A || byte == 0x09)) }
    if text.withUTF8({ $0.allSatisfy(isPlain) }) { return self }
    let lineReturn = asLines ? "\\x0d" : " "
    var out = UnicodeScalarView(), wasReturn = false
    for scalar in unicodeScalars {
      // CRLF is a line end; a carriage return elsewhere would overwrite the text before it.
      if wasReturn, scalar != "\n" || !asLines { out.append(contentsOf: lineReturn.unicodeScalars) }
      wasReturn = scalar == "\r"
      switch scalar.value {
      case 0x0D: break
      case 0x09, 0x0A: out.append(asLines ? scalar : " ")
      case 0x0B where !asLines, 0x0C where !asLines: out.append(" ")
      case ..<0x20, 0x7F: out.append(contentsOf: "\\x\(String.hexadecimal(scalar.value, digits: 2))".unicodeScalars)
      case _ where scalar.isControl:
        out.append(contentsOf: "<U+\(String.hexadecimal(scalar.value, digits: 4))>".unicodeScalars)
      default: out.append(scalar)
      }
    }
    if wasReturn { out.append(contentsOf: lineReturn.unicodeScalars) }
    return String(out)
  }

  /// Whether a byte cannot belong to a character that is escaped; 0xC2, 0xD8 and 0xE2 also begin ordinary ones.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (byte >= 0x20 && byte < 0x7F) || (byte >= 0x80 && byte != 0xC2 && byte != 0xD8 && byte != 0xE2)
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: digits > 2)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }
}

/// A piece of output for the user: its text is made harmless when printed, the colour is ours.
public struct Piece: Sendable {
  var text: String
  var color: Int?

  /// Without colour.
  public static func text(_ text: String) -> Piece { Piece(text: text) }
  /// For a failure.
  public static func red(_ text: String) -> Piece { Piece(text: text, color: 31) }
  /// For a good state.
  public static func green(_ text: String) -> Piece { Piece(text: text, color: 32) }
  /// For a warning.
  public static func yellow(_ text: String) -> Piece { Piece(text: text, color: 33) }

  func shown(colored: Bool) -> String {
    guard let color, colored else { return text.harmlessLines }
    return "\u{1B}[\(color)m\(text.harmlessLines)\u{1B}[0m"
  }
}
