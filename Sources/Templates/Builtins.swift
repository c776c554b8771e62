/// The functions of Go's text/template, and those that helm makes of a set of templates.
enum Builtins {
  static func functions() -> [String: Function] {
    [
      "and": Function(special: .short(false), [.value], variadic: .value),
      "or": Function(special: .short(true), [.value], variadic: .value),
      "not": Function([.value]) { _, values in .bool(!values[0].isTrue) },
      "call": Function(special: .call, [.value], variadic: .value),
      "len": Function([.value]) { _, values in .int(try length(values[0])) },
      "index": Function([.value], variadic: .value) { call, values in try index(call, values) },
      "slice": Function([.value], variadic: .value) { _, values in try slice(values) },
      "print": Function([], variadic: .any) { call, values in
        .string(try GoFormat.sprint(values, limit: call.options.outputLimit))
      },
      "printf": Function([.string], variadic: .any) { call, values in
        guard case .string(let format) = values[0] else { return .nil }
        return .string(
          try GoFormat.printf(format, Array(values.dropFirst()), limit: call.options.outputLimit))
      },
      "println": Function([], variadic: .any) { call, values in
        .string(try GoFormat.println(values, limit: call.options.outputLimit))
      },
      "html": Function([], variadic: .any) { call, values in .string(html(try text(call, values))) },
      "js": Function([], variadic: .any) { call, values in .string(js(try text(call, values))) },
      "urlquery": Function([], variadic: .any) { call, values in .string(urlQuery(try text(call, values))) },
      "eq": Function([.value], variadic: .value) { _, values in .bool(try isEqual(values)) },
      "ne": Function([.value, .value]) { _, values in .bool(!(try isEqual(values))) },
      "lt": Function([.value, .value]) { _, values in .bool(try isLess(values[0], values[1])) },
      "le": Function([.value, .value]) { _, values in .bool(try isLess(values[0], values[1]) || isEqual(values)) },
      "gt": Function([.value, .value]) { _, values in .bool(!(try isLess(values[0], values[1]) || isEqual(values))) },
      "ge": Function([.value, .value]) { _, values in .bool(!(try isLess(values[0], values[1]))) }
    ]
  }

  /// Of pkg/engine of helm 3.17.
  static func helmFunctions() -> [String: Function] {
    [
      "include": Function(special: .include, [.string, .any]) { call, values in
        guard case .string(let name) = values[0] else { return .nil }
        return .string(try call.include(name, values[1]))
      },
      "tpl": Function([.string, .any]) { call, values in
        guard case .string(let text) = values[0] else { return .nil }
        return .string(try call.tpl(text, values[1]))
      },
      "required": Function([.string, .any]) { call, values in
        switch values[1] {
        case .nil, .string([]):
          if call.options.isLint {
            call.note(values[0].bytes, isFail: false)
            return .string([])
          }
          throw RenderFailure.failed(marked(values[0]))
        default: return values[1]
        }
      },
      "fail": Function([.string]) { call, values in
        if call.options.isLint {
          call.note(values[0].bytes, isFail: true)
          return .string([])
        }
        throw RenderFailure.failed(marked(values[0]))
      }
    ]
  }

  /// helm finds a message between these marks, however deep in other messages it is.
  private static func marked(_ message: Value) -> String {
    guard case .string(let text) = message else { return "" }
    return "HELM_ERR_START\(String(decoding: text, as: UTF8.self))HELM_ERR_END"
  }

  // MARK: methods

  /// `.Capabilities.APIVersions.Has "apps/v1"`
  static func has(_ versions: [Value]) -> Function {
    Function([.string]) { _, values in
      guard case .string(let wanted) = values[0] else { return .bool(false) }
      return .bool(
        versions.contains { if case .string(let version) = $0 { version == wanted } else { false } })
    }
  }

  static let valuesMethods: Set<String> = ["AsMap", "Encode", "PathValue", "Table", "YAML"]

  /// The methods of chartutil.Values.
  static func method(_ name: String, ofValues map: GoMap, _ functions: FunctionTable) -> Function? {
    switch name {
    case "AsMap":
      return Function([]) { _, _ in .map(map.isEmpty ? GoMap() : map.converted(to: .any)) }
    case "YAML":
      return Function([]) { call, _ in
        guard let toYaml = functions["toYaml"], case .string(let text) = try toYaml.body(call, [.map(map)]) else {
          throw RenderFailure.unknown
        }
        return .string(text + [0x0A])
      }
    case "Table":
      return Function([.string]) { _, values in
        guard case .string(let path) = values[0] else { return .nil }
        return .map(try table(path.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false), in: map))
      }
    case "PathValue":
      return Function([.string]) { _, values in
        guard case .string(let path) = values[0], !path.isEmpty else {
          throw RenderFailure.failed("YAML path cannot be empty")
        }
        let keys = path.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let last = Array(keys[keys.count - 1])
        if let table = try? table(keys.dropLast(), in: map), let value = table[last] {
          if case .map(let map) = value, map.kind == .any {} else { return value }
        }
        throw RenderFailure.failed("\(GoQuote.quoted(last)) is not a value")
      }
    case "Encode":
      // It wants a writer, which no template has.
      return Function([.object("io.Writer")]) { _, _ in .nil }
    default: return nil
    }
  }

  private static func table(_ path: [[UInt8].SubSequence].SubSequence, in map: GoMap) throws(RenderFailure) -> GoMap {
    var table = map
    for key in path {
      guard case .map(let inner)? = table[Array(key)], inner.kind == .any || inner.kind == .values else {
        throw .failed("\(GoQuote.quoted(key)) is not a table")
      }
      table = inner
    }
    return table
  }

  private static func table(_ path: [[UInt8].SubSequence], in map: GoMap) throws(RenderFailure) -> GoMap {
    try table(path[...], in: map).converted(to: .values)
  }

  // MARK: collections

  private static func length(_ value: Value) throws(RenderFailure) -> Int {
    switch value {
    case .string(let bytes), .bytes(let bytes): return bytes.count
    case .list(let list): return list.elements.count
    case .map(let map): return map.count
    case .nil: throw .failed("len of nil pointer")
    case .invalid: throw .failed("reflect: call of reflect.Value.Type on zero Value")
    default: throw .failed("len of type \(value.typeName)")
    }
  }

  private static func index(_ call: Execution, _ values: [Value]) throws(RenderFailure) -> Value {
    var item = values[0]
    if item.isNil { throw .failed("index of untyped nil") }
    for index in values.dropFirst() {
      switch item {
      case .invalid, .nil: throw .failed("index of nil pointer")
      case .list(let list):
        let place = try place(index, list.elements.count)
        guard place < list.elements.count else { throw .failed("reflect: slice index out of range") }
        item = list.elements[place]
      case .string(let bytes), .bytes(let bytes):
        let place = try place(index, bytes.count)
        guard place < bytes.count else {
          let kind = if case .string = item { "string" } else { "slice" }
          throw .failed("reflect: \(kind) index out of range")
        }
        item = .uint8(bytes[place])
      case .map(let map):
        guard case .string(let key) = index else {
          throw .failed(
            index.isNil
              ? "value is nil; should be of type string" : "value has type \(index.typeName); should be string")
        }
        item = call.read(map, key) ?? map.zero
      default: throw .failed("can't index item of type \(item.typeName)")
      }
    }
    return item
  }

  /// An index, which may be that behind the last element.
  private static func place(_ index: Value, _ count: Int) throws(RenderFailure) -> Int {
    guard let place = integer(index) else {
      if let large = unsigned(index) { throw .failed("index out of range: \(Int64(bitPattern: large))") }
      throw .failed("cannot index slice/array with \(index.isNil ? "nil" : "type \(index.typeName)")")
    }
    guard place >= 0, place <= count else { throw .failed("index out of range: \(place)") }
    return Int(place)
  }

  private static func slice(_ values: [Value]) throws(RenderFailure) -> Value {
    let item = values[0], count: Int
    if item.isNil { throw .failed("slice of untyped nil") }
    guard values.count <= 4 else { throw .failed("too many slice indexes: \(values.count - 1)") }
    switch item {
    case .string(let bytes):
      guard values.count < 4 else { throw .failed("cannot 3-index slice a string") }
      count = bytes.count
    case .bytes(let bytes): count = bytes.count
    case .list(let list): count = list.elements.count
    default: throw .failed("can't slice item of type \(item.typeName)")
    }
    var bounds = [0, count]
    for (number, value) in values.dropFirst().enumerated() {
      let place = try place(value, count)
      if number < 2 {
        bounds[number] = place
      } else if place < bounds[1] {
        throw .failed("invalid slice index: \(bounds[1]) > \(place)")
      }
    }
    guard bounds[0] <= bounds[1] else { throw .failed("invalid slice index: \(bounds[0]) > \(bounds[1])") }
    let range = bounds[0]..<bounds[1]
    switch item {
    case .string(let bytes): return .string(Array(bytes[range]))
    case .bytes(let bytes): return .bytes(Array(bytes[range]))
    case .list(let list): return .list(GoList(Array(list.elements[range]), list.kind))
    default: return .nil
    }
  }

  // MARK: comparison

  private enum Basic { case bool, int, uint, float, string }

  private static func basic(_ value: Value) -> Basic? {
    switch value {
    case .bool: .bool
    case .int, .int64: .int
    case .uint64, .uint8: .uint
    case .float64: .float
    case .string: .string
    case .object(let object): object.content.integer == nil ? nil : .int
    default: nil
    }
  }

  private static func integer(_ value: Value) -> Int64? {
    switch value {
    case .int(let int): Int64(int)
    case .int64(let int): int
    case .uint8(let int): Int64(int)
    case .uint64(let int): Int64(exactly: int)
    case .object(let object): object.content.integer
    default: nil
    }
  }

  private static func unsigned(_ value: Value) -> UInt64? {
    switch value {
    case .uint64(let int): int
    case .uint8(let int): UInt64(int)
    default: nil
    }
  }

  private static func isEqual(_ values: [Value]) throws(RenderFailure) -> Bool {
    guard values.count > 1 else { throw .failed("missing argument for comparison") }
    let first = values[0], kind = basic(first)
    for other in values.dropFirst() {
      if try isEqual(first, kind, other) { return true }
    }
    return false
  }

  private static func isEqual(_ one: Value, _ kind: Basic?, _ other: Value) throws(RenderFailure) -> Bool {
    let otherKind = basic(other)
    guard kind == otherKind else {
      switch (kind, otherKind) {
      case (.int, .uint), (.uint, .int):
        guard let one = integer(one), let other = integer(other) else { return false }
        return one == other
      default:
        if !one.isNil, !other.isNil { throw .failed("incompatible types for comparison") }
        return false
      }
    }
    switch (one, other) {
    case (.bool(let one), .bool(let other)): return one == other
    case (.string(let one), .string(let other)): return one == other
    case (.float64(let one), .float64(let other)): return one == other
    default: break
    }
    switch kind {
    case .int: return integer(one) == integer(other)
    case .uint: return unsigned(one) == unsigned(other)
    default: break
    }
    if one.isNil || other.isNil {
      func isNil(_ value: Value) -> Bool {
        if case .list(let list) = value { return list.isNil }
        return value.isNil
      }
      return isNil(one) == isNil(other)
    }
    guard one.kindName == other.kindName else {
      let shown = try (shown(one), shown(other, "v"))
      throw .failed("non-comparable types \(shown.0): \(one.typeName), \(other.typeName): \(shown.1)")
    }
    if case .list(let one) = one, case .list(let other) = other, one.isNil || other.isNil {
      return one.isNil == other.isNil
    }
    guard case .object(let object) = one, case .object(let another) = other else {
      throw .failed("non-comparable type \(try shown(other)): \(other.typeName)")
    }
    return object === another || object.content.isEqual(to: another.content)
  }

  private static func shown(_ value: Value, _ verb: StaticString = "s") throws(RenderFailure) -> String {
    String(decoding: try GoFormat.printf(Array("%\(verb)".utf8), [value]), as: UTF8.self)
  }

  private static func isLess(_ one: Value, _ other: Value) throws(RenderFailure) -> Bool {
    guard let kind = basic(one), let otherKind = basic(other) else { throw .failed("invalid type for comparison") }
    guard kind == otherKind else {
      switch (kind, otherKind) {
      case (.int, .uint):
        guard let one = integer(one), let other = unsigned(other) else { return false }
        return one < 0 || UInt64(one) < other
      case (.uint, .int):
        guard let one = unsigned(one), let other = integer(other) else { return false }
        return other >= 0 && one < UInt64(other)
      default: throw .failed("incompatible types for comparison")
      }
    }
    switch (one, other) {
    case (.string(let one), .string(let other)): return GoMap.isLess(one, other)
    case (.float64(let one), .float64(let other)): return one < other
    default: break
    }
    if kind == .uint, let one = unsigned(one), let other = unsigned(other) { return one < other }
    if kind == .int, let one = integer(one), let other = integer(other) { return one < other }
    throw .failed("invalid type for comparison")
  }

  // MARK: escapes

  /// The arguments as one text; nil is `<no value>`.
  private static func text(_ call: Execution, _ values: [Value]) throws(RenderFailure) -> [UInt8] {
    if values.count == 1, case .string(let text) = values[0] { return text }
    let printable = values.map { $0.isNil ? Value.string(Array("<no value>".utf8)) : $0 }
    return try GoFormat.sprint(printable, limit: call.options.outputLimit)
  }

  private static func html(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for byte in text {
      switch byte {
      case 0: result += "\u{FFFD}".utf8
      case UInt8(ascii: "\""): result += "&#34;".utf8
      case UInt8(ascii: "'"): result += "&#39;".utf8
      case UInt8(ascii: "&"): result += "&amp;".utf8
      case UInt8(ascii: "<"): result += "&lt;".utf8
      case UInt8(ascii: ">"): result += "&gt;".utf8
      default: result.append(byte)
      }
    }
    return result
  }

  private static func js(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [], place = 0
    func hex(_ value: UInt32) -> String {
      let digits = String(value, radix: 16, uppercase: true)
      return "\\u" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
    while place < text.count {
      let byte = text[place]
      var width = 1
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""):
        result.append(UInt8(ascii: "\\"))
        result.append(byte)
      case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "="), 0..<0x20:
        result += hex(UInt32(byte)).utf8
      case 0x80...:
        let value: UInt32
        (value, width) = GoQuote.scalar(text, at: place)
        if GoQuote.isPrint(value) { result += text[place..<(place + width)] } else { result += hex(value).utf8 }
      default: result.append(byte)
      }
      place += width
    }
    return result
  }

  /// Go's url.QueryEscape.
  package static func urlQuery(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for byte in text {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39,
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
        result.append(byte)
      case 0x20: result.append(UInt8(ascii: "+"))
      default:
        result.append(UInt8(ascii: "%"))
        for digit in [byte >> 4, byte & 15] { result.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
      }
    }
    return result
  }
}

extension Value {
  fileprivate var bytes: [UInt8] { if case .string(let bytes) = self { bytes } else { [] } }
}
