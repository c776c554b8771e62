/// Edits a text file by lines: everything else stays byte for byte, line ends included.
package struct LineEdit {
  package private(set) var lines: [[UInt8]]

  package init(_ bytes: [UInt8]) {
    lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
  }

  package var bytes: [UInt8] { Array(lines.joined(separator: [0x0A])) }

  package func text(_ index: Int) -> String { String(decoding: lines[index], as: UTF8.self) }

  /// Replaces the first occurrence of a word in a line; a letter, digit or `_` next to it makes it a different word.
  package mutating func replaceWord(_ old: String, by new: String, line index: Int) {
    let old = Array(old.utf8), line = lines[index]
    guard !old.isEmpty, line.count >= old.count else { return }
    for at in 0...(line.count - old.count) where line[at...].starts(with: old) {
      let before = at > 0 ? line[at - 1] : 0x20, after = at + old.count < line.count ? line[at + old.count] : 0x20
      if LineEdit.isWordByte(before) || LineEdit.isWordByte(after) { continue }
      lines[index].replaceSubrange(at..<(at + old.count), with: Array(new.utf8))
      return
    }
  }

  /// Replaces lines by one; keeps a carriage return at the end.
  package mutating func replace(_ range: ClosedRange<Int>, by text: String) {
    let ending: [UInt8] = lines[range.upperBound].last == 0x0D ? [0x0D] : []
    lines.replaceSubrange(range, with: [Array(text.utf8) + ending])
  }

  package mutating func removeLine(_ index: Int) { lines.remove(at: index) }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "_")
  }
}
