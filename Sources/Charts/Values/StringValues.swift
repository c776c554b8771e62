import Records
import Templates

/// Reads what `--set` and its sisters are given, `a.b[0]=x,c={d,e}`, into values, as helm does: what is there already
/// is changed, what is read before an error stays.
/// https://github.com/helm/helm/blob/v3.17.3/pkg/strvals/parser.go
struct StringValues {
  /// How the text behind `=` is read.
  enum Kind: Equatable {
    /// `--set`: true, false, null and whole numbers are what they look like.
    case typed
    /// `--set-string`
    case string
    /// `--set-json`
    case json
    /// `--set-file`: the contents of the file of that name.
    case file
    /// `--set-literal`: everything behind the `=` as it stands.
    case literal
  }

  /// Why a text cannot be read, in helm's words.
  struct Problem: Error { let text: String }

  private enum End: Error {
    case end
    case problem(String)
    case failure(any Error)
  }

  static let largestIndex = 65_536
  static let deepestName = 30

  private let text: [Unicode.Scalar]
  private let kind: Kind
  private let read: (String) throws -> [UInt8]
  private var place = 0

  /// - Parameter read: the contents of a file, for `--set-file`.
  /// - Throws: ``Problem``, and what `read` throws.
  static func parse(
    _ text: String, _ kind: Kind, into values: GoMap, read: @escaping (String) throws -> [UInt8] = { _ in [] }
  ) throws {
    var parser = StringValues(text, kind, read)
    while true {
      do throws(End) { try parser.key(values, level: 0) } catch {
        switch error {
        case .end: return
        case .problem(let text): throw Problem(text: text)
        case .failure(let error): throw error
        }
      }
    }
  }

  private init(_ text: String, _ kind: Kind, _ read: @escaping (String) throws -> [UInt8]) {
    (self.text, self.kind, self.read) = (Array(text.unicodeScalars), kind, read)
  }

  private mutating func next() -> Unicode.Scalar? {
    guard place < text.count else { return nil }
    place += 1
    return text[place - 1]
  }

  /// What stands before one of the signs, and which; nil at the end. A backslash takes a sign's meaning away.
  private mutating func until(_ stops: Set<Unicode.Scalar>) -> (word: String, stop: Unicode.Scalar?) {
    var word = String.UnicodeScalarView()
    while let scalar = next() {
      if stops.contains(scalar) { return (String(word), scalar) }
      if scalar == "\\", kind != .literal {
        guard let escaped = next() else { return (String(word), nil) }
        word.append(escaped)
      } else {
        word.append(scalar)
      }
    }
    return (String(word), nil)
  }

  private mutating func key(_ values: GoMap, level: Int) throws(End) {
    let (word, stop) = until(kind == .literal ? ["=", "[", "."] : ["=", "[", ",", "."])
    func set(_ value: Value) { if !word.isEmpty { values[word] = value } }
    func panic(_ value: Value, _ wanted: String) -> End {
      .problem("unable to parse key: interface conversion: interface {} is \(value.typeName), not \(wanted)")
    }
    switch stop {
    case "[":
      let index = try keyIndex()
      var list: [Value] = []
      switch values[word] {
      case nil: break
      case .list(let found)?: list = found.elements
      case let other?: throw panic(other, "[]interface {}")
      }
      let result = item(&list, index, level)
      set(Value(list))
      if let result { throw result }
    case "=":
      if kind == .json { return set(try json()) }
      if kind == .literal { return set(Value(until([]).word)) }
      var list: [Value]?
      do throws(End) { list = try valueList() } catch {
        if case .end = error { set("") }
        throw error
      }
      if let list { return set(Value(list)) }
      set(try value(until([","]).word))
    case ",":
      set("")
      throw .problem("key \(quoted(word)) has no value (cannot end with ,)")
    case ".":
      guard level < StringValues.deepestName else {
        throw .problem(
          "value name nested level is greater than maximum supported nested level of \(StringValues.deepestName)")
      }
      let inner: GoMap
      switch values[word] {
      case nil: inner = GoMap()
      case .map(let found)?: inner = found
      case let other?:
        throw .problem(
          "unable to parse key: interface conversion: interface {} is \(other.typeName.isEmpty ? "nil" : other.goName), "
            + "not map[string]interface {}")
      }
      do throws(End) { try key(inner, level: level + 1) } catch {
        if !inner.isEmpty { set(.map(inner)) }
        throw error
      }
      if inner.isEmpty { throw .problem("key map \(quoted(word)) has no value") }
      set(.map(inner))
    default:
      if word.isEmpty { throw .end }
      throw .problem("key \(quoted(word)) has no value")
    }
  }

  private mutating func keyIndex() throws(End) -> Int {
    let (word, stop) = until(["]"])
    guard stop != nil else { throw .problem("error parsing index: EOF") }
    var digits = Substring(word)
    if digits.first == "+" || digits.first == "-" { digits.removeFirst() }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .problem("error parsing index: strconv.Atoi: parsing \(quoted(word)): invalid syntax")
    }
    guard let index = Int(word) else {
      throw .problem("error parsing index: strconv.Atoi: parsing \(quoted(word)): value out of range")
    }
    return index
  }

  /// Sets an item. What it throws is returned: the list is kept as it is by then.
  private mutating func item(_ list: inout [Value], _ index: Int, _ level: Int) -> End? {
    do throws(End) {
      try setItem(&list, index, level)
      return nil
    } catch { return error }
  }

  private mutating func setItem(_ list: inout [Value], _ index: Int, _ level: Int) throws(End) {
    guard index >= 0 else { throw .problem("negative \(index) index not allowed") }
    let (word, stop) = until(["[", ".", "="])
    guard word.isEmpty else { throw .problem("unexpected data at end of array index: \(spelled(word))") }
    switch stop {
    case "=":
      if kind == .json { return try set(&list, index, try json()) }
      if kind == .literal { return try set(&list, index, Value(until([]).word)) }
      var items: [Value]?
      do throws(End) { items = try valueList() } catch {
        guard case .end = error else { throw error }
        return try set(&list, index, "")
      }
      if let items { return try set(&list, index, Value(items)) }
      try set(&list, index, try value(until([","]).word))
    case "[":
      let inner = try keyIndex()
      var items: [Value] = []
      if list.count > index {
        switch list[index] {
        case .list(let found): items = found.elements
        case .nil, .invalid: break
        case let other:
          throw .problem(
            "unable to parse key: interface conversion: interface {} is \(other.goName), not []interface {}")
        }
      }
      guard level < 200 else { throw .problem("the list is nested too deeply") }
      try setItem(&items, inner, level + 1)
      try set(&list, index, Value(items))
    case ".":
      var inner = GoMap()
      if list.count > index {
        if case .map(let found) = list[index] { inner = found } else { list[index] = .map(inner) }
      }
      try key(inner, level: level)
      try set(&list, index, .map(inner))
    default: throw .end
    }
  }

  private func set(_ list: inout [Value], _ index: Int, _ value: Value) throws(End) {
    guard index <= StringValues.largestIndex else {
      throw .problem("index of \(index) is greater than maximum supported index of \(StringValues.largestIndex)")
    }
    while list.count <= index { list.append(.nil) }
    list[index] = value
  }

  /// `{a,b}`; nil if something else follows.
  private mutating func valueList() throws(End) -> [Value]? {
    guard place < text.count else { throw .end }
    guard text[place] == "{" else { return nil }
    place += 1
    var items: [Value] = []
    while true {
      let (word, stop) = until([",", "}"])
      guard let stop else { throw .problem("list must terminate with '}'") }
      if stop == "}" {
        if place < text.count, text[place] == "," { place += 1 }
        items.append(try value(word))
        return items
      }
      items.append(try value(word))
    }
  }

  private func value(_ word: String) throws(End) -> Value {
    switch kind {
    case .string, .json, .literal: return Value(word)
    case .file: do { return .string(try read(word)) } catch { throw .failure(error) }
    case .typed:
      switch word.lowercased() {
      case "true": return .bool(true)
      case "false": return .bool(false)
      case "null": return .nil
      case "0": return .int64(0)
      default:
        guard let first = word.utf8.first, first != 0x30, let int = StringValues.integer(word) else {
          return Value(word)
        }
        return .int64(int)
      }
    }
  }

  private static func integer(_ word: String) -> Int64? {
    var digits = Substring(word)
    if digits.first == "+" || digits.first == "-" { digits.removeFirst() }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(word)
  }

  /// A JSON value, and the comma behind it. Without one, null.
  private mutating func json() throws(End) -> Value {
    if isEmptyValue() { return .nil }
    let rest = Array(String(String.UnicodeScalarView(text[place...])).utf8)
    guard let length = JSONPrefix.length(of: rest) else {
      throw .problem("unexpected EOF")
    }
    let value: JSON
    do { value = try JSON(parsing: Array(rest[..<length])) } catch {
      throw .problem("invalid JSON: \(error)")
    }
    place += String(decoding: rest[..<length], as: UTF8.self).unicodeScalars.count
    _ = isEmptyValue()
    return Value(json: value)
  }

  /// Passes over white space and a comma behind it.
  private mutating func isEmptyValue() -> Bool {
    while place < text.count {
      let scalar = text[place]
      if scalar == "," { place += 1; return true }
      guard scalar.properties.isWhitespace else { return false }
      place += 1
    }
    return true
  }

  /// As Go's %q prints a list of runes.
  private func spelled(_ word: String) -> String {
    let signs = word.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "'": return "'\\''"
      case "\"": return "'\"'"
      default: return "'\(quoted(String(scalar)).dropFirst().dropLast())'"
      }
    }
    return "[\(signs.joined(separator: " "))]"
  }

  private func quoted(_ word: String) -> String { GoQuote.quoted(Array(word.utf8)) }
}

extension Value {
  /// As Go names the type of what an interface holds.
  fileprivate var goName: String { isNil ? "nil" : typeName }
}

/// Finds the end of the JSON value that a text begins with.
enum JSONPrefix {
  static func length(of bytes: [UInt8]) -> Int? {
    var place = 0, depth = 0, isInString = false
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    let start = place
    while place < bytes.count {
      let byte = bytes[place]
      if isInString {
        if byte == UInt8(ascii: "\\") { place += 1 } else if byte == UInt8(ascii: "\"") { isInString = false }
        place += 1
        if !isInString, depth == 0 { return min(place, bytes.count) }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        if depth == 0, place > start { return place }
        isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if depth == 0, place > start { return place }
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return place }
        depth -= 1
        if depth == 0 { return place + 1 }
      case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
        if depth == 0 { return place }
      default: break
      }
      place += 1
    }
    return depth == 0 && !isInString && place > start ? place : nil
  }
}
