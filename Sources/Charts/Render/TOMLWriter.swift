import Templates

/// Writes values as the TOML that helm's `toToml` gives: keys without tables first, tables indented by two blanks.
/// https://github.com/BurntSushi/toml/blob/v1.4.0/encode.go
struct TOMLWriter {
  private enum Failure: Error {
    /// In the words of the encoder, which are what `toToml` gives then.
    case said(String)
    /// What makes the encoder panic, or is deeper than any value that was read.
    case unknown
  }

  private enum Kind {
    case other
    case table
    case tables
  }

  private var text: [UInt8] = []

  /// - Throws: `RenderFailure.unknown`.
  static func toml(_ value: Value) throws(RenderFailure) -> [UInt8] {
    var writer = TOMLWriter()
    do throws(Failure) {
      try writer.encode([], value)
      return writer.text
    } catch {
      switch error {
      case .said(let text): return Array(text.utf8)
      case .unknown: throw .unknown
      }
    }
  }

  private mutating func encode(_ key: [[UInt8]], _ value: Value) throws(Failure) {
    guard key.count < 200 else { throw .unknown }
    switch value {
    case .map(let map):
      if key.count == 1 { newline() }
      if !key.isEmpty { header(key, "[", "]") }
      try members(of: map, key, inline: false)
    case .list(let list) where try TOMLWriter.kind(of: value) == .tables:
      guard !key.isEmpty else { throw .said("toml: top-level values must be Go maps or structs") }
      for element in list.elements {
        guard case .map(let map) = element else { throw .unknown }
        newline()
        header(key, "[[", "]]")
        try members(of: map, key, inline: false)
      }
    default: try pair(key, value, inline: false)
    }
  }

  private mutating func header(_ key: [[UInt8]], _ start: String, _ end: String) {
    indent(key)
    text += start.utf8
    for (number, part) in key.enumerated() {
      if number > 0 { text.append(UInt8(ascii: ".")) }
      name(part)
    }
    text += end.utf8
    newline()
  }

  private mutating func members(of map: GoMap, _ key: [[UInt8]], inline: Bool) throws(Failure) {
    var own: [([UInt8], Value)] = [], tables: [([UInt8], Value)] = []
    for (name, value) in map.entries {
      if try TOMLWriter.kind(of: value) == .other { own.append((name, value)) } else { tables.append((name, value)) }
    }
    if inline { text.append(UInt8(ascii: "{")) }
    for (members, isFollowed) in [(own, !tables.isEmpty), (tables, false)] {
      for (number, (name, value)) in members.enumerated() where !TOMLWriter.isNil(value) {
        guard inline else {
          try encode(key + [name], value)
          continue
        }
        try pair([name], value, inline: true)
        if isFollowed || number < members.count - 1 { text += ", ".utf8 }
      }
    }
    if inline { text.append(UInt8(ascii: "}")) }
  }

  private mutating func pair(_ key: [[UInt8]], _ value: Value, inline: Bool) throws(Failure) {
    guard let last = key.last else { throw .unknown }
    indent(key)
    name(last)
    text += " = ".utf8
    try element(value, depth: 0)
    if !inline { newline() }
  }

  private mutating func element(_ value: Value, depth: Int) throws(Failure) {
    guard depth < 200 else { throw .unknown }
    switch value {
    case .string(let string): quoted(string)
    case .bool(let bool): text += (bool ? "true" : "false").utf8
    case .int(let int): text += "\(int)".utf8
    case .int64(let int): text += "\(int)".utf8
    case .uint64(let int): text += "\(int)".utf8
    case .uint8(let int): text += "\(int)".utf8
    case .float64(let number):
      guard number.isFinite else { throw .unknown }
      let start = text.count
      GoFloat.append(number, verb: UInt8(ascii: "f"), to: &text)
      if !text[start...].contains(UInt8(ascii: ".")) { text += ".0".utf8 }
    case .bytes(let bytes): try elements(bytes.map { .uint8($0) }, depth)
    case .list(let list): try elements(list.elements, depth)
    case .map(let map): try members(of: map, [], inline: true)
    case .nil, .invalid, .object: throw .unknown
    }
  }

  private mutating func elements(_ elements: [Value], _ depth: Int) throws(Failure) {
    text.append(UInt8(ascii: "["))
    for (number, value) in elements.enumerated() {
      if number > 0 { text += ", ".utf8 }
      try element(value, depth: depth + 1)
    }
    text.append(UInt8(ascii: "]"))
  }

  private static func isNil(_ value: Value) -> Bool {
    if case .list(let list) = value { return list.isNil }
    return value.isNil
  }

  /// Whether a value has a header of its own: a map, or a list that begins with one.
  private static func kind(of value: Value, depth: Int = 0) throws(Failure) -> Kind {
    guard depth < 200 else { throw .unknown }
    switch value {
    case .map: return .table
    case .object: throw .unknown
    case .list(let list):
      for element in list.elements.reversed() {
        if isNil(element) { throw .said("toml: cannot encode array with nil element") }
        _ = try kind(of: element, depth: depth + 1)
      }
      if case .map? = list.elements.first { return .tables }
      return .other
    default: return .other
    }
  }

  // MARK: texts

  private mutating func newline() { if !text.isEmpty { text.append(0x0A) } }

  private mutating func indent(_ key: [[UInt8]]) { text += repeatElement(0x20, count: 2 * max(0, key.count - 1)) }

  private mutating func name(_ name: [UInt8]) {
    let isBare = name.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x5F
    }
    if isBare, !name.isEmpty { text += name } else { quoted(name) }
  }

  private mutating func quoted(_ string: [UInt8]) {
    text.append(UInt8(ascii: "\""))
    for byte in string {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
      case 0x08: text += "\\b".utf8
      case 0x09: text += "\\t".utf8
      case 0x0A: text += "\\n".utf8
      case 0x0C: text += "\\f".utf8
      case 0x0D: text += "\\r".utf8
      case 0..<0x20, 0x7F:
        let digits = Array("0123456789abcdef".utf8)
        text += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}
