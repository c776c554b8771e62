extension JSON {
  /// How deeply a member of ours may nest. Foreign members may nest deeper, since no value is built from them.
  static let depthLimit = 256

  /// Parses one JSON text (RFC 8259), strictly. Throws ``JSONError``.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    self = try bytes.withBytes { buffer throws(JSONError) in try JSON(parsing: buffer) }
  }

  public init(parsing text: String) throws(JSONError) { self = try JSON(parsing: Array(text.utf8)) }

  init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
    var tokenizer = JSONTokenizer(bytes)
    try tokenizer.run(needsObject: false)
    self = try JSON(validated: bytes)
  }

  /// Builds a value from bytes that the tokenizer has accepted.
  init(validated bytes: UnsafeRawBufferPointer) throws(JSONError) {
    var builder = Builder(bytes: bytes)
    self = try builder.value(depth: 0)
  }

  private struct Builder {
    let bytes: UnsafeRawBufferPointer
    var at = 0

    mutating func value(depth: Int) throws(JSONError) -> JSON {
      guard depth < JSON.depthLimit else {
        throw JSONError(reason: "nested deeper than \(JSON.depthLimit) levels", column: at + 1)
      }
      skip()
      switch bytes[at] {
      case UInt8(ascii: "{"):
        at += 1
        var members: [(name: String, value: JSON)] = []
        skip()
        while bytes[at] != UInt8(ascii: "}") {
          let name = string()
          skip()
          members.append((name, try value(depth: depth + 1)))
          skip()
        }
        at += 1
        return .object(members)
      case UInt8(ascii: "["):
        at += 1
        var values: [JSON] = []
        skip()
        while bytes[at] != UInt8(ascii: "]") {
          values.append(try value(depth: depth + 1))
          skip()
        }
        at += 1
        return .array(values)
      case UInt8(ascii: "\""): return .string(string())
      case UInt8(ascii: "t"): at += 4; return .bool(true)
      case UInt8(ascii: "f"): at += 5; return .bool(false)
      case UInt8(ascii: "n"): at += 4; return .null
      default:
        let start = at
        while at < bytes.count, !isEnd(bytes[at]) { at += 1 }
        return .number(String(decoding: bytes[start..<at], as: UTF8.self))
      }
    }

    /// Skips white space, and the ',' and ':' that the tokenizer has checked.
    mutating func skip() {
      while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: ":")].contains(bytes[at]) {
        at += 1
      }
    }

    private func isEnd(_ byte: UInt8) -> Bool {
      [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains(byte)
    }

    mutating func string() -> String {
      let start = at + 1
      at = start
      while bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
      let inside = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
      at += 1
      return String(decoding: JSONString.unescape(inside), as: UTF8.self)
    }
  }
}
