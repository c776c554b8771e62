/// A JSON value (RFC 8259), for the members that draft reads and writes. Members keep their order and numbers their
/// spelling, so that a value read and written again is the same bytes. Foreign members stay bytes: see ``Record``.
public enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// The number as it is spelled in the text: `1.0` stays `1.0`.
  case number(String)
  case string(String)
  case array([JSON])
  case object([(name: String, value: JSON)])

  public static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case let (.bool(a), .bool(b)): a == b
    case let (.number(a), .number(b)): a == b
    case let (.string(a), .string(b)): a == b
    case let (.array(a), .array(b)): a == b
    case let (.object(a), .object(b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }

  public static func integer(_ value: Int) -> JSON { .number(String(value)) }

  /// An object of the members that are not nil, in the order given.
  public static func members(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(members.compactMap { name, value in value.map { (name, $0) } })
  }

  public static func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }

  /// The member of an object by name; nil if there is none or this is not an object. Setting nil removes it.
  public subscript(name: String) -> JSON? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.name == name }?.value
    }
    set {
      guard case .object(var members) = self else { return }
      let index = members.firstIndex { $0.name == name }
      switch (index, newValue) {
      case let (index?, value?): members[index].value = value
      case let (nil, value?): members.append((name, value))
      case let (index?, nil): members.remove(at: index)
      case (nil, nil): break
      }
      self = .object(members)
    }
  }

  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// A whole number within ``Number/limit``.
  public var integer: Int? { if case .number(let value) = self { Number.whole(value) } else { nil } }
  /// nil for a number too large for a `Double`: `1e400` would be written as `inf`, which is not JSON.
  public var double: Double? {
    guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
    return value
  }
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  public var object: [(name: String, value: JSON)]? { if case .object(let value) = self { value } else { nil } }

  /// The value on one line, without spaces. A record's own members are always written this way.
  public var bytes: [UInt8] {
    var out: [UInt8] = []
    write(to: &out)
    return out
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  private func write(to out: inout [UInt8]) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let value): out.append(contentsOf: value.utf8)
    case .string(let value): JSON.quote(value, to: &out)
    case .array(let values):
      out.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        value.write(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        JSON.quote(member.name, to: &out)
        out.append(UInt8(ascii: ":"))
        member.value.write(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// Quotes a string with the shortest escapes; runs of bytes that need none are copied whole.
  static func quote(_ text: String, to out: inout [UInt8]) {
    var text = text
    out.append(UInt8(ascii: "\""))
    text.withUTF8 { bytes in
      var start = 0
      for at in 0..<bytes.count
      where bytes[at] < 0x20 || bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "\\") {
        out.append(contentsOf: bytes[start..<at])
        escape(bytes[at], to: &out)
        start = at + 1
      }
      out.append(contentsOf: bytes[start...])
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func escape(_ byte: UInt8, to out: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""): out.append(contentsOf: #"\""#.utf8)
    case UInt8(ascii: "\\"): out.append(contentsOf: #"\\"#.utf8)
    case 0x0A: out.append(contentsOf: #"\n"#.utf8)
    case 0x0D: out.append(contentsOf: #"\r"#.utf8)
    case 0x09: out.append(contentsOf: #"\t"#.utf8)
    case 0x08: out.append(contentsOf: #"\b"#.utf8)
    case 0x0C: out.append(contentsOf: #"\f"#.utf8)
    default:
      let digits = Array("0123456789abcdef".utf8)
      out.append(contentsOf: #"\u00"#.utf8)
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
  }
}
