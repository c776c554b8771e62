extension String {
  /// Without spaces and line feeds around it.
  var trimmed: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }

  /// Without empty lines around it and spaces at its end; the first line keeps its indentation.
  var trimmedLines: String {
    var lines = split(separator: "\n", omittingEmptySubsequences: false)
    while let first = lines.first, first.allSatisfy(\.isWhitespace) { lines.removeFirst() }
    while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// Whole lines, each with spaces in front; nothing in them may speak to the terminal.
  func indented(by count: Int) -> String {
    let space = String(repeating: " ", count: count)
    return split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let plain = String.UnicodeScalarView(line.unicodeScalars.filter { $0 == "\t" || !($0.value < 0x20 || (0x7F...0x9F).contains($0.value)) })
      return line.isEmpty ? "\n" : "\(space)\(String(plain))\n"
    }.joined()
  }
}
