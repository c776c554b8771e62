extension StringProtocol {
  /// The non-empty lines, without their line ends, LF or CRLF. CRLF is one Character, which does not equal `"\n"`.
  public var lines: [SubSequence] { split { $0 == "\n" || $0 == "\r\n" } }

  /// All lines, empty ones included: one more than there are line ends.
  public var allLines: [SubSequence] { split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" } }

  /// The text before and after the first occurrence of an ASCII character; nil without one. Compares bytes: a combining
  /// mark after it, as in `NAME=\u{301}x`, would make it part of another Character.
  public func cut(at character: Unicode.Scalar) -> (before: String, after: String)? {
    guard let at = utf8.firstIndex(of: UInt8(ascii: character)) else { return nil }
    return (
      String(decoding: utf8[..<at], as: UTF8.self), String(decoding: utf8[utf8.index(after: at)...], as: UTF8.self)
    )
  }
}

extension String {
  /// Whether the text ends in a line feed.
  public var endsLine: Bool { utf8.last == UInt8(ascii: "\n") }
}
