extension Sprig {
  mutating func addJSON() {
    // helm's toJson gives nothing for what cannot be written, and its fromJson an entry Error.
    for (name, style) in [("Json", JSONWriter.Style.html), ("PrettyJson", .pretty), ("RawJson", .raw)] {
      add("to\(name)", takes: [.any]) { call, arguments in
        do throws(RenderFailure) {
          return .string(try JSONWriter.text(arguments[0], style, call))
        } catch .failed {
          return ""
        }
      }
      add("mustTo\(name)", takes: [.any]) { call, arguments in
        .string(try JSONWriter.text(arguments[0], style, call))
      }
    }
    add("mustFromJson", takes: [.string]) { _, arguments in
      switch JSONReader.read(arguments[0].text) {
      case .success(let value): return value
      case .failure(let problem): throw problem.isDeep ? RenderFailure.unknown : .failed(problem.text)
      }
    }
    add("fromJson", takes: [.string]) { _, arguments in
      switch try JSONReader.container(arguments[0].text, "map[string]interface {}") {
      case .success(.map(let map)): return .map(map)
      case .success(let value):
        return .map(GoMap([("Error", Value(JSONReader.mismatch(value, "map[string]interface {}")))]))
      case .failure(let problem): return .map(GoMap([("Error", Value(problem.text))]))
      }
    }
    add("fromJsonArray", takes: [.string]) { _, arguments in
      switch try JSONReader.container(arguments[0].text, "[]interface {}") {
      case .success(.list(let list)): return .list(list)
      case .success(let value): return Value([Value(JSONReader.mismatch(value, "[]interface {}"))])
      case .failure(let problem): return Value([Value(problem.text)])
      }
    }
  }
}

/// Says what encoding/json makes of an object.
package protocol GoEncodable: GoType {
  /// The members in Go's order, without those that `omitempty` leaves out; or the value that stands for the object.
  var encoded: GoEncoded { get }
}

package enum GoEncoded {
  case members([(name: String, value: Value)])
  case value(Value)
}

/// JSON as Go's encoding/json writes it. https://pkg.go.dev/encoding/json
struct JSONWriter {
  enum Style { case html, pretty, raw }

  private let style: Style
  private var result: [UInt8] = []

  /// Throws `failed` in Go's words for what JSON does not have, `unknown` for objects that do not say what they are.
  static func text(_ value: Value, _ style: Style, _ call: Execution) throws(RenderFailure) -> [UInt8] {
    var writer = JSONWriter(style: style)
    try writer.write(value, depth: 0, call)
    return writer.result
  }

  private init(style: Style) { self.style = style }

  private mutating func write(_ value: Value, depth: Int, _ call: Execution) throws(RenderFailure) {
    guard depth < Value.deepest else { throw .limit("values nested \(depth) deep") }
    switch value {
    case .invalid, .nil: result += "null".utf8
    case .bool(let value): result += (value ? "true" : "false").utf8
    case .int(let value): result += String(value).utf8
    case .int64(let value): result += String(value).utf8
    case .uint64(let value): result += String(value).utf8
    case .uint8(let value): result += String(value).utf8
    case .float64(let value): try write(value)
    case .string(let text): write(text)
    case .bytes(let bytes): write(BaseEncoding.base64.encode(bytes))
    case .list(let list):
      if list.isNil { result += "null".utf8; return }
      result.append(UInt8(ascii: "["))
      for (place, element) in list.elements.enumerated() {
        if place > 0 { result.append(UInt8(ascii: ",")) }
        breakLine(depth + 1)
        try write(element, depth: depth + 1, call)
      }
      if !list.elements.isEmpty { breakLine(depth) }
      result.append(UInt8(ascii: "]"))
    case .map(let map) where map.kind == .noStrings: try write(.nil, depth: depth, call)
    case .map(let map): try write(map.entries.map { ($0.0, $0.1) }, depth: depth, call)
    case .object(let object):
      guard let encodable = object.content as? any GoEncodable else { throw .unknown }
      switch encodable.encoded {
      case .value(let value): try write(value, depth: depth + 1, call)
      case .members(let members):
        try write(members.map { (Array($0.name.utf8), $0.value) }, depth: depth, call)
      }
    }
    try call.reserve(result.count)
  }

  private mutating func write(
    _ members: [([UInt8], Value)], depth: Int, _ call: Execution
  ) throws(RenderFailure) {
    result.append(UInt8(ascii: "{"))
    for (place, (key, value)) in members.enumerated() {
      if place > 0 { result.append(UInt8(ascii: ",")) }
      breakLine(depth + 1)
      write(key)
      result += (style == .pretty ? ": " : ":").utf8
      try write(value, depth: depth + 1, call)
    }
    if !members.isEmpty { breakLine(depth) }
    result.append(UInt8(ascii: "}"))
  }

  private mutating func breakLine(_ depth: Int) {
    guard style == .pretty else { return }
    result.append(0x0A)
    result += repeatElement(0x20, count: 2 * depth)
  }

  private mutating func write(_ value: Double) throws(RenderFailure) {
    guard value.isFinite else {
      let text = String(decoding: try Value.float64(value).formatted, as: UTF8.self)
      throw .failed("json: unsupported value: \(text)")
    }
    let isExponent = value != 0 && (value.magnitude < 1e-6 || value.magnitude >= 1e21)
    GoFloat.append(value, verb: UInt8(ascii: isExponent ? "e" : "f"), to: &result)
    // e-09 becomes e-9.
    let end = result.count
    if isExponent, end >= 4, result[(end - 4)..<(end - 1)].elementsEqual("e-0".utf8) { result.remove(at: end - 2) }
  }

  private mutating func write(_ text: [UInt8]) {
    result.append(0x22)
    var place = 0
    while place < text.count {
      let byte = text[place]
      if byte < 0x80 {
        place += 1
        switch byte {
        case 0x22, 0x5C: result += [0x5C, byte]
        case 0x08: result += "\\b".utf8
        case 0x09: result += "\\t".utf8
        case 0x0A: result += "\\n".utf8
        case 0x0C: result += "\\f".utf8
        case 0x0D: result += "\\r".utf8
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
          if style == .raw { result.append(byte) } else { escape(UInt32(byte)) }
        case 0..<0x20: escape(UInt32(byte))
        default: result.append(byte)
        }
        continue
      }
      let (value, width) = GoQuote.scalar(text, at: place)
      if value == 0xFFFD && width == 1 || value == 0x2028 || value == 0x2029 {
        escape(value)
      } else {
        result += text[place..<(place + width)]
      }
      place += width
    }
    result.append(0x22)
  }

  private mutating func escape(_ value: UInt32) {
    let digits = String(value, radix: 16)
    result += ("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8
  }
}

/// JSON as Go's encoding/json reads it into an `interface {}`: every number is a float64.
struct JSONReader {
  struct Fault: Error {
    let text: String
    /// Whether all of it is JSON, but for a number that no float64 holds.
    var isExcess = false
    /// Whether Go may go deeper: it reads 10,000 levels.
    var isDeep = false
  }

  private let text: [UInt8]
  private var place = 0
  /// The first number that no float64 holds: told only if the rest is JSON.
  private var excess: Fault?

  static func read(_ text: [UInt8]) -> Result<Value, Fault> {
    var reader = JSONReader(text: text)
    do throws(Fault) {
      let value = try reader.value(depth: 0, "looking for beginning of value")
      reader.skipSpace()
      if reader.place < text.count { throw reader.unexpected("after top-level value") }
      if let excess = reader.excess { throw excess }
      return .success(value)
    } catch { return .failure(error) }
  }

  /// For a map or list of Go's. A map of nil is another than an empty one, and of a number that is too large Go keeps
  /// what is around it: such values are not known here.
  static func container(_ text: [UInt8], _ type: String) throws(RenderFailure) -> Result<Value, Fault> {
    switch read(text) {
    case .success(.nil): throw .unknown
    case .failure(let problem) where problem.isDeep: throw .unknown
    case .failure(let problem) where problem.isExcess:
      let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") { throw .unknown }
      return .success(.float64(.infinity))
    case let result: return result
    }
  }

  static func mismatch(_ value: Value, _ type: String) -> String {
    let name =
      switch value {
      case .bool: "bool"
      case .float64: "number"
      case .string: "string"
      case .map: "object"
      default: "array"
      }
    return "json: cannot unmarshal \(name) into Go value of type \(type)"
  }

  private init(text: [UInt8]) { self.text = text }

  private mutating func skipSpace() {
    while place < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[place]) { place += 1 }
  }

  /// The next byte, which is not what it should be. Go puts a space behind the end, and only where that may stand says
  /// that it is the end.
  private func unexpected(_ context: String, isInside: Bool = false) -> Fault {
    guard place < text.count || isInside else { return Fault(text: "unexpected end of JSON input") }
    let quoted =
      switch place < text.count ? text[place] : 0x20 {
      case 0x27: "'\\''"
      case 0x22: "'\"'"
      // Go takes a byte for a character here.
      case let byte: "'\(GoQuote.quoted(Text.bytes([UInt32(byte)])).dropFirst().dropLast())'"
      }
    return Fault(text: "invalid character \(quoted) \(context)")
  }

  private mutating func value(depth: Int, _ context: String) throws(Fault) -> Value {
    guard depth <= Value.deepest else { throw Fault(text: "exceeded max depth", isDeep: true) }
    skipSpace()
    guard place < text.count else { throw unexpected(context) }
    switch text[place] {
    case UInt8(ascii: "{"): return try map(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case 0x22: return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .nil)
    case UInt8(ascii: "-"), 0x30...0x39: return try number()
    default: throw unexpected(context)
    }
  }

  private mutating func word(_ word: String, _ value: Value) throws(Fault) -> Value {
    for byte in word.utf8 {
      guard place < text.count, text[place] == byte else {
        throw unexpected("in literal \(word) (expecting '\(Character(Unicode.Scalar(byte)))')", isInside: true)
      }
      place += 1
    }
    return value
  }

  private mutating func map(depth: Int) throws(Fault) -> Value {
    var entries: [([UInt8], Value)] = []
    place += 1
    skipSpace()
    if place < text.count, text[place] == UInt8(ascii: "}") { place += 1; return .map(GoMap()) }
    while true {
      skipSpace()
      guard place < text.count, text[place] == 0x22 else {
        throw unexpected("looking for beginning of object key string")
      }
      let key = try string()
      skipSpace()
      guard place < text.count, text[place] == UInt8(ascii: ":") else { throw unexpected("after object key") }
      place += 1
      entries.append((key, try value(depth: depth + 1, "looking for beginning of value")))
      skipSpace()
      guard place < text.count, text[place] == UInt8(ascii: ",") || text[place] == UInt8(ascii: "}") else {
        throw unexpected("after object key:value pair")
      }
      place += 1
      if text[place - 1] == UInt8(ascii: "}") { return .map(GoMap(entries)) }
    }
  }

  private mutating func list(depth: Int) throws(Fault) -> Value {
    var elements: [Value] = []
    place += 1
    skipSpace()
    if place < text.count, text[place] == UInt8(ascii: "]") { place += 1; return Value([]) }
    while true {
      elements.append(try value(depth: depth + 1, "looking for beginning of value"))
      skipSpace()
      guard place < text.count, text[place] == UInt8(ascii: ",") || text[place] == UInt8(ascii: "]") else {
        throw unexpected("after array element")
      }
      place += 1
      if text[place - 1] == UInt8(ascii: "]") { return Value(elements) }
    }
  }

  private mutating func number() throws(Fault) -> Value {
    let start = place
    func isDigit() -> Bool { place < text.count && text[place] &- 0x30 < 10 }
    func skipDigits() { while isDigit() { place += 1 } }
    if text[place] == UInt8(ascii: "-") {
      place += 1
      guard isDigit() else { throw unexpected("in numeric literal", isInside: true) }
    }
    if text[place] == 0x30 { place += 1 } else { skipDigits() }
    if place < text.count, text[place] == UInt8(ascii: ".") {
      place += 1
      guard isDigit() else { throw unexpected("after decimal point in numeric literal", isInside: true) }
      skipDigits()
    }
    if place < text.count, text[place] | 0x20 == UInt8(ascii: "e") {
      place += 1
      if place < text.count, text[place] == UInt8(ascii: "+") || text[place] == UInt8(ascii: "-") { place += 1 }
      guard isDigit() else { throw unexpected("in exponent of numeric literal", isInside: true) }
      skipDigits()
    }
    let number = String(decoding: text[start..<place], as: UTF8.self)
    guard let value = Double(number), value.isFinite else {
      excess =
        excess ?? Fault(text: "json: cannot unmarshal number \(number) into Go value of type float64", isExcess: true)
      return .nil
    }
    return .float64(value)
  }

  private mutating func string() throws(Fault) -> [UInt8] {
    var result: [UInt8] = []
    place += 1
    while true {
      guard place < text.count else { throw unexpected("in string literal") }
      let byte = text[place]
      switch byte {
      case 0x22:
        place += 1
        return result
      case 0x5C:
        place += 1
        try escape(&result)
      case 0..<0x20: throw unexpected("in string literal")
      case 0..<0x80:
        result.append(byte)
        place += 1
      default:
        let (value, width) = GoQuote.scalar(text, at: place)
        Text.append(value, to: &result)
        place += width
      }
    }
  }

  private mutating func escape(_ result: inout [UInt8]) throws(Fault) {
    guard place < text.count else { throw unexpected("in string escape code", isInside: true) }
    switch text[place] {
    case 0x22, 0x5C, UInt8(ascii: "/"): result.append(text[place])
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"):
      place += 1
      let first = try unit()
      guard first & 0xFC00 == 0xD800, place + 1 < text.count, text[place] == 0x5C, text[place + 1] == UInt8(ascii: "u")
      else {
        Text.append(first & 0xF800 == 0xD800 ? 0xFFFD : first, to: &result)
        return
      }
      let before = place
      place += 2
      let second = try unit()
      guard second & 0xFC00 == 0xDC00 else {
        // The second one stands for itself.
        Text.append(0xFFFD, to: &result)
        place = before
        return
      }
      Text.append(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF, to: &result)
      return
    default: throw unexpected("in string escape code", isInside: true)
    }
    place += 1
  }

  private mutating func unit() throws(Fault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard place < text.count, let digit = Lexer.digit(text[place]) else {
        throw unexpected("in \\u hexadecimal character escape", isInside: true)
      }
      value = value << 4 | digit
      place += 1
    }
    return value
  }
}
