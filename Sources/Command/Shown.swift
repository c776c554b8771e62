import Records

extension String {
  /// On one line, and without what would speak to the terminal: for words that may quote a hostile file or server.
  public var harmless: String { shown(asLines: false) }

  /// The same for text of several lines, which keeps its line feeds and tabs.
  public var harmlessLines: String { shown(asLines: true) }

  /// Control characters as they can be read: `\x1b`, and by their number in Unicode what would turn the direction of the
  /// text around or is a control character of eight bits: `<U+202E>`. What was not UTF-8 has become a replacement
  /// character on its way into the String.
  private func shown(asLines: Bool) -> String {
    var text = self
    let isPlain = { (byte: UInt8) in String.isPlain(byte) || (asLines && (byte == 0x0A || byte == 0x09)) }
    if text.withUTF8({ $0.allSatisfy(isPlain) }) { return self }
    let lineReturn = asLines ? "\\x0d" : " "
    var out = UnicodeScalarView(), wasReturn = false
    for scalar in unicodeScalars {
      // Windows' line end is one of ours; a return elsewhere would write over what stands before it.
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

  /// Whether a byte can be no part of what is to be shown otherwise; 0xC2, 0xD8 and 0xE2 begin much else as well.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (byte >= 0x20 && byte < 0x7F) || (byte >= 0x80 && byte != 0xC2 && byte != 0xD8 && byte != 0xE2)
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: digits > 2)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }
}

/// A piece of what a person is shown: what it says is made harmless on the way out, the colour is ours.
public struct Piece: Sendable {
  var text: String
  var color: Int?

  /// In no colour.
  public static func text(_ text: String) -> Piece { Piece(text: text) }
  /// What has failed.
  public static func red(_ text: String) -> Piece { Piece(text: text, color: 31) }
  /// What is as it should be.
  public static func green(_ text: String) -> Piece { Piece(text: text, color: 32) }
  /// What may want a look.
  public static func yellow(_ text: String) -> Piece { Piece(text: text, color: 33) }

  func shown(colored: Bool) -> String {
    guard let color, colored else { return text.harmlessLines }
    return "\u{1B}[\(color)m\(text.harmlessLines)\u{1B}[0m"
  }
}
