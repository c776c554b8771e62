import Records

/// The lines of a Dockerfile, continuation lines joined. Comments and empty lines are dropped, even inside an
/// instruction, as in docker's own parser.
package struct DockerfileLines {
  private let lines: [Substring]
  /// The number of lines consumed, which is the number of the last one, from 1.
  private(set) var number = 0

  init(_ text: String) {
    var text = Substring(text)
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    // By scalars: "\r\n" is one Character, and would hide its line feed.
    lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = line
      while line.last == "\r" { line.removeLast() }
      return Substring(line)
    }
  }

  /// The next line, not consumed.
  var peek: Substring? { number < lines.count ? lines[number] : nil }

  /// Consumes a line and returns its number.
  mutating func skip() -> Int {
    number += 1
    return number
  }

  /// The next instruction on one line, and the number of its first line.
  mutating func next(escape: UInt8) -> (first: Int, line: Substring)? {
    var joined = "", first = 0
    while let line = peek {
      _ = skip()
      let content = Dockerfile.trimmed(line)
      if content.isEmpty || content.utf8.first == UInt8(ascii: "#") { continue }
      if first == 0 { first = number }
      // Keep the leading blanks of a continuation line: they may separate two words.
      guard let kept = DockerfileLines.continued(line, escape) else {
        joined += line
        break
      }
      joined += kept
    }
    return first == 0 ? nil : (first, Dockerfile.trimmed(Substring(joined)))
  }

  /// The line without the escape character at its end; nil if there is none. A doubled one does not continue the line.
  private static func continued(_ line: Substring, _ escape: UInt8) -> Substring? {
    let bytes = line.utf8
    guard let last = bytes.lastIndex(where: { $0 != 0x20 && $0 != 0x09 }), bytes[last] == escape else { return nil }
    if last > bytes.startIndex, bytes[bytes.index(before: last)] == escape { return nil }
    return line[..<last]
  }

  /// Consumes the here-documents that an instruction announces, in order. Also returns its words, without blanks inside
  /// the marks.
  ///
  /// As in BuildKit, blanks are allowed between mark and name. The shell's `$((1 << 2))` or `$((1 <<2))` announces
  /// nothing: such a mark counts as a here-document only if a line ends it.
  mutating func heredocs(
    of text: String, from first: Int, escape: UInt8, isRun: Bool
  ) throws(DockerfileError) -> (documents: [Dockerfile.Heredoc], words: [String]) {
    // The JSON form has no here-documents.
    guard !text.hasPrefix("[") || (try? JSON(parsing: Array(text.utf8))) == nil else { return ([], []) }
    var documents: [Dockerfile.Heredoc] = [], joined: [String] = []
    var words = DockerfileWords.split(text, escape: escape)[...]
    while let word = words.popFirst() {
      joined.append(word)
      guard var mark = DockerfileLines.heredocMark(word) else { continue }
      let stripsTabs = mark.utf8.first == UInt8(ascii: "-")
      if stripsTabs { mark = mark.dropFirst() }
      let isApart = mark.isEmpty
      if isApart, let next = words.first, !next.contains("<") { mark = Substring(next) }
      let name = DockerfileWords.unquoted(String(mark), escape: escape)
      guard !name.isEmpty else { continue }
      let start = number
      var content = "", ended = false
      while let line = peek {
        _ = skip()
        let kept = stripsTabs ? line.drop { $0 == "\t" } : line
        if kept == name { ended = true; break }
        content += kept + "\n"
      }
      guard ended else {
        guard isApart || (isRun && !DockerfileLines.isWord(name)) else { throw .heredoc(line: first, name: name) }
        number = start
        continue
      }
      if isApart, let name = words.popFirst() { joined[joined.count - 1] += name }
      documents.append(.init(name: name, content: content, expands: name == mark))
    }
    return (documents, joined)
  }

  private static func isWord(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return name.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || ["_", "-", "."].contains(scalar)
    }
  }

  /// Whether a word announces a here-document.
  package static func announcesHeredoc(_ word: String, escape: UInt8) -> Bool {
    guard let mark = heredocMark(word) else { return false }
    return !DockerfileWords.unquoted(String(mark.hasPrefix("-") ? mark.dropFirst() : mark), escape: escape).isEmpty
  }

  /// The text after `<<` in a word such as `<<EOF` or `3<<-'EOF'`; nil for any other word, including `<<<`.
  private static func heredocMark(_ word: String) -> Substring? {
    let rest = word.drop { $0.isASCII && $0.isNumber }
    guard rest.hasPrefix("<<") else { return nil }
    let mark = rest.dropFirst(2)
    return mark.contains("<") ? nil : mark
  }
}
