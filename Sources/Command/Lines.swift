extension StringProtocol {
  /// The lines that are not empty, without their ends, LF or CRLF. To a String CRLF is one Character, which no `"\n"` is equal to.
  public var lines: [SubSequence] { split { $0 == "\n" || $0 == "\r\n" } }

  /// Every line, empty ones as well: one more than there are ends of lines.
  public var allLines: [SubSequence] { split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" } }

  /// The text before the first of an ASCII character and the text behind it; nil without one. By bytes: a mark behind it, as in
  /// `NAME=\u{301}x`, would make it another Character.
  public func cut(at character: Unicode.Scalar) -> (before: String, after: String)? {
    guard let at = utf8.firstIndex(of: UInt8(ascii: character)) else { return nil }
    return (String(decoding: utf8[..<at], as: UTF8.self), String(decoding: utf8[utf8.index(after: at)...], as: UTF8.self))
  }
}

extension String {
  /// Whether the last line has its end.
  public var endsLine: Bool { utf8.last == UInt8(ascii: "\n") }
}
