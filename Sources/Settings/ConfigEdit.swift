/// Edits TOML text by byte range: comments, order, spaces and line ends stay as they are. The result is parsed again
/// and compared before it is returned, so that a text misunderstood here is refused, not damaged.
struct ConfigEdit {
  private let bytes: [UInt8]
  private let members: [TOML.Member]
  /// The offset of each line; line 1 starts after a byte order mark.
  private let lines: [Int]

  init(_ bytes: [UInt8], _ root: TOML) {
    self.bytes = bytes
    members = root.members ?? []
    var lines = [bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0]
    for (index, byte) in bytes.enumerated() where byte == 10 { lines.append(index + 1) }
    self.lines = lines
  }

  /// The text with the key set: in place, under the spelling used there, or else on a new line after the other keys.
  func setting(_ key: String, spellings: [String], to text: String) throws -> [UInt8] {
    var new = bytes
    let value = Array(ConfigEdit.quoted(text).utf8)
    let name: String
    if let member = members.last(where: { spellings.contains($0.key) }) {
      name = member.key
      new.replaceSubrange(
        offset(
          member.value.place.line, member.value.place.column)..<offset(
            member.value.place.endLine, member.value.place.endColumn), with: value)
    } else {
      name = key
      let place = insertion
      let lead = place > lines[0] && bytes[place - 1] != 10 ? lineEnd : []
      new.insert(contentsOf: lead + Array("\(key) = ".utf8) + value + lineEnd, at: place)
    }
    return try verified(new) { $0[name] = text }
  }

  /// The text without the lines of the key.
  func removing(_ spellings: [String]) throws -> [UInt8] {
    var new = bytes
    for member in members.reversed() where spellings.contains(member.key) {
      let end = offset(member.value.place.endLine, member.value.place.endColumn)
      let next = bytes[end...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
      new.removeSubrange(lines[member.place.line - 1]..<next)
    }
    return try verified(new) { texts in for key in spellings { texts[key] = nil } }
  }

  /// Before the first table and the comment above it; at the end if there are no tables.
  private var insertion: Int {
    let isHeader = { (line: Int) in self.text(of: line).first == UInt8(ascii: "[") }
    guard let header = members.map(\.place.line).filter(isHeader).min() else { return bytes.count }
    // A line that looks like a comment may be the end of a multi-line string.
    let taken =
      members.filter { !isHeader($0.place.line) }.map { max($0.place.line, $0.value.place.endLine) }.max() ?? 0
    var line = header
    while line - 1 > taken, text(of: line - 1).first == UInt8(ascii: "#") { line -= 1 }
    return lines[line - 1]
  }

  /// A line from its first byte that is not white space.
  private func text(of line: Int) -> ArraySlice<UInt8> {
    bytes[lines[line - 1]..<(line < lines.count ? lines[line] : bytes.count)].drop { $0 == 32 || $0 == 9 }
  }

  private var lineEnd: [UInt8] {
    guard let first = bytes.firstIndex(of: 10), first > 0, bytes[first - 1] == 13 else { return [10] }
    return [13, 10]
  }

  /// The byte offset of a line and a column in code points.
  private func offset(_ line: Int, _ column: Int) -> Int {
    guard lines.indices.contains(line - 1) else { return bytes.count }
    var offset = lines[line - 1]
    for _ in 1..<max(1, column) where offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
    }
    return offset
  }

  private func verified(_ new: [UInt8], _ change: (inout [String: String]) -> Void) throws -> [UInt8] {
    var wanted = ConfigEdit.texts(members)
    change(&wanted)
    guard let root = try? TOML(parsing: new), ConfigEdit.texts(root.members ?? []) == wanted else {
      throw SettingsError.notEditable
    }
    return new
  }

  private static func texts(_ members: [TOML.Member]) -> [String: String] {
    Dictionary(members.map { ($0.key, $0.value.canonical) }, uniquingKeysWith: { $1 })
  }

  /// A basic string on one line (https://toml.io/en/v1.0.0#string).
  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let hex = String(scalar.value, radix: 16, uppercase: true)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

extension TOML {
  /// The value in a canonical form: equal forms mean equal values. A string is its text.
  fileprivate var canonical: String {
    switch value {
    case .array(let values): "[" + values.map { "\($0.kind) \($0.canonical)" }.joined(separator: ",") + "]"
    case .table(let members):
      "{" + members.map { "\($0.key)=\($0.value.kind) \($0.value.canonical)" }.sorted().joined(separator: ",") + "}"
    default: plain ?? ""
    }
  }
}
