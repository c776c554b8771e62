package extension String {
  /// Without white space at both ends.
  var trimmed: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }

  /// Without blank lines at both ends; the first line keeps its indentation.
  var trimmedLines: String {
    var lines = allLines
    while let first = lines.first, first.allSatisfy(\.isWhitespace) { lines.removeFirst() }
    while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// Whole lines, each indented by spaces.
  func indented(by count: Int) -> String {
    let space = String(repeating: " ", count: count)
    return allLines.map { $0.isEmpty ? "\n" : "\(space)\($0)\n" }.joined()
  }
}
