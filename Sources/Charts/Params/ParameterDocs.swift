/// The documentation of parameters in the comments of a values file: helm-docs' `# --`, bitnami's `@param`, and plain
/// comments above a key.
/// https://github.com/norwoodj/helm-docs, https://github.com/bitnami/readme-generator-for-helm
struct ParameterDocs {
  private let lines: [Substring]
  /// By path: `## @param image.tag The tag`, `# image.tag -- The tag`.
  private var named: [String: String] = [:]

  init(_ document: ChartDocument) {
    lines = document.lines.map { String(decoding: $0, as: UTF8.self)[...] }
    var open: String?
    for line in lines {
      guard let text = ParameterDocs.comment(line) else {
        open = nil
        continue
      }
      if let (path, words) = ParameterDocs.param(text) {
        named[path] = words
      } else if let (path, words) = ParameterDocs.old(text) {
        named[path] = words
        open = path
      } else if let path = open, !text.isEmpty, !text.hasPrefix("@") {
        named[path, default: ""] += " " + text
      }
    }
  }

  /// The documentation of a key.
  /// - Parameters:
  ///   - line: of the key, from 1.
  ///   - column: where a comment after its value may begin, if the value is a scalar on the same line.
  func text(path: String, line: Int, behind column: Int?) -> String? {
    if let words = named[path] { return words.isEmpty ? nil : words }
    var above: [Substring] = [], index = line - 2
    while lines.indices.contains(index), let text = ParameterDocs.comment(lines[index]) {
      above.append(text)
      index -= 1
    }
    above.reverse()
    if let first = above.lastIndex(where: { $0.hasPrefix("-- ") || $0 == "--" }) {
      let words = above[first...].enumerated().map { $0.offset == 0 ? $0.element.dropFirst(2) : $0.element }
      return ParameterDocs.joined(words.filter { !$0.hasPrefix("@") })
    }
    // Only the last paragraph, and no directives.
    let paragraph =
      above.lastIndex { $0.isEmpty }.map { $0 == above.count - 1 ? above.dropLast() : above[($0 + 1)...] } ?? above[...]
    if let words = ParameterDocs.joined(paragraph.filter { !$0.hasPrefix("@") }) { return words }
    guard let column, lines.indices.contains(line - 1) else { return nil }
    let rest = lines[line - 1].unicodeScalars.dropFirst(column - 1).drop { $0 == " " }
    return rest.first == "#"
      ? ParameterDocs.comment(Substring(rest)).flatMap {
        ParameterDocs.joined([$0.hasPrefix("-- ") ? $0.dropFirst(3) : $0])
      } : nil
  }

  private static func joined(_ lines: [Substring]) -> String? {
    let words = lines.map(trimmed).filter { !$0.isEmpty }.joined(separator: " ")
    return words.isEmpty ? nil : words
  }

  /// The text of a comment line; nil for any other line.
  private static func comment(_ line: Substring) -> Substring? {
    let text = trimmed(line)
    guard text.utf8.first == UInt8(ascii: "#") else { return nil }
    return trimmed(Substring(text.utf8.drop { $0 == UInt8(ascii: "#") }))
  }

  private static func trimmed(_ text: Substring) -> Substring {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    let text = text.utf8.drop(while: isSpace)
    guard let last = text.lastIndex(where: { !isSpace($0) }) else { return "" }
    return Substring(text[...last])
  }

  /// `@param image.tag [string] The tag`
  private static func param(_ text: Substring) -> (path: String, words: String)? {
    guard text.hasPrefix("@param ") || text.hasPrefix("@extra ") else { return nil }
    let rest = trimmed(text.dropFirst(7)), path = rest.prefix { $0 != " " }
    var words = trimmed(rest.dropFirst(path.count))
    if words.first == "[", let end = words.firstIndex(of: "]") { words = trimmed(words[words.index(after: end)...]) }
    return path.isEmpty ? nil : (String(path), String(words))
  }

  /// `image.tag -- The tag`
  private static func old(_ text: Substring) -> (path: String, words: String)? {
    let path = text.utf8.prefix { $0 != 0x20 }, rest = text.utf8[path.endIndex...]
    guard !path.isEmpty, rest.starts(with: " -- ".utf8) else { return nil }
    return (String(Substring(path)), String(trimmed(Substring(rest.dropFirst(4)))))
  }
}
