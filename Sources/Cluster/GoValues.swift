/// Text of Kubernetes or helm without the values that Go has printed in it:
/// `core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{…}}`, `[]string(nil)`, `&{Name:web}`, and comparisons of two of them.
/// An object of the API fills pages in this form and tells the user nothing.
///
/// `spec.template: Invalid value: core.PodTemplateSpec{…}: field is immutable` becomes `spec.template: field is
/// immutable`; elsewhere an ellipsis replaces the value.
public func withoutGoValues(_ text: String) -> String {
  var scanner = GoScanner(bytes: Array(text.utf8))
  return scanner.cut()
}

private struct GoScanner {
  let bytes: [UInt8]
  private var kept: [UInt8] = []

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func cut() -> String {
    var at = 0
    while at < bytes.count {
      // No value begins inside a word: `spec.containers[0].env`.
      if !isStart(bytes[at]) || (at > 0 && (isWord(bytes[at - 1]) || ".]".utf8.contains(bytes[at - 1]))) {
        kept.append(bytes[at])
        at += 1
        continue
      }
      guard let end = value(from: at) else {
        kept.append(bytes[at])
        at += 1
        continue
      }
      at = leaveOut(upTo: end)
    }
    return String(decoding: kept, as: UTF8.self)
  }

  /// - Returns: where to go on reading.
  private mutating func leaveOut(upTo end: Int) -> Int {
    let invalid = Array("Invalid value: ".utf8)
    if kept.suffix(invalid.count).elementsEqual(invalid) {
      kept.removeLast(invalid.count)
      if bytes[end...].starts(with: [UInt8(ascii: ":"), UInt8(ascii: " ")]) { return end + 2 }
      kept += Array("invalid value".utf8)
      return end
    }
    // A comparison has lines of its own, below what it belongs to.
    if let line = kept.lastIndex(where: { !" \t".utf8.contains($0) }), kept[line] == UInt8(ascii: "\n") {
      kept.removeLast(kept.count - line)
    } else {
      kept += Array("…".utf8)
    }
    return end
  }

  /// The end of the value that begins here; nil if none does.
  private func value(from start: Int) -> Int? {
    var at = start, isGo = false
    // `&`, `*`, `[]`, `map[string]`
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "&") || bytes[at] == UInt8(ascii: "*") {
        isGo = isGo || bytes[at] == UInt8(ascii: "&")
        at += 1
      } else if bytes[at...].starts(with: Array("[]".utf8)) {
        isGo = true
        at += 2
      } else if bytes[at...].starts(with: Array("map[".utf8)),
        let end = bytes[at...].firstIndex(of: UInt8(ascii: "]")), end - at < 80
      {
        isGo = true
        at = end + 1
      } else {
        break
      }
    }
    // `v1.Container`, `string`, `interface {}`
    let name = at
    while at < bytes.count, isWord(bytes[at]) || bytes[at] == UInt8(ascii: ".") { at += 1 }
    let type = bytes[name..<at]
    if type.elementsEqual("interface".utf8), bytes[at...].starts(with: Array(" {}".utf8)) { at += 3 }
    if let dot = type.lastIndex(of: UInt8(ascii: ".")), dot > name, dot + 1 < at, isUpper(bytes[dot + 1]),
      !isUpper(bytes[name])
    {
      isGo = true
    }
    guard at < bytes.count else { return nil }
    if bytes[at] == UInt8(ascii: "{"), isGo || (type.isEmpty && startsFields(at)) { return balanced(from: at) }
    for null in ["(nil)", "(0x"] where isGo && bytes[at...].starts(with: Array(null.utf8)) { return balanced(from: at) }
    return nil
  }

  /// `{Name:web …`, and the JSON of newer clusters after `Invalid value:`.
  private func startsFields(_ brace: Int) -> Bool {
    let next = bytes[(brace + 1)...]
    if next.first == UInt8(ascii: "\"") { return kept.suffix(7).elementsEqual("value: ".utf8) }
    guard let first = next.first, isUpper(first) else { return false }
    let word = next.prefix { isWord($0) }
    return word.endIndex < bytes.count && bytes[word.endIndex] == UInt8(ascii: ":")
  }

  /// The position after the matching closing bracket. An unclosed one, as in truncated text, extends to the end.
  private func balanced(from start: Int) -> Int {
    var depth = 0, at = start, quote: UInt8?
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if let open = quote {
        if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { at += 1 } else if byte == open { quote = nil }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "`"): quote = byte
      case UInt8(ascii: "{"), UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: ")"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return at }
      default: break
      }
    }
    return bytes.count
  }

  private func isStart(_ byte: UInt8) -> Bool { isWord(byte) || "&*[{".utf8.contains(byte) }
  private func isWord(_ byte: UInt8) -> Bool {
    isUpper(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
  }
  private func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
}
