import Command
import Records
import Templates
import YAML

/// The functions of helm's templates that need more than the templates: YAML, TOML, versions.
/// https://github.com/helm/helm/blob/v3.17.3/pkg/engine/funcs.go
package enum HelmFunctions {
  /// All functions of helm's templates that are not in every set of templates.
  static func table(withLookup: Bool = true) -> FunctionTable {
    var table = FunctionTable()
    table.add(Sprig.functions(versions: versions))
    table.add([
      "toYaml": Function([.any]) { _, values in
        var isKnown = true
        let text = toYaml(values[0], &isKnown)
        guard isKnown else { throw RenderFailure.unknown }
        return .string(text)
      },
      "fromYaml": Function([.string]) { _, values in
        guard isReadAlike(values[0]) else { throw RenderFailure.unknown }
        return .map(fromYaml(values[0]))
      },
      "fromYamlArray": Function([.string]) { _, values in
        guard isReadAlike(values[0]) else { throw RenderFailure.unknown }
        return fromYamlArray(values[0])
      },
      // Helm without a cluster finds nothing.
      "lookup": Function([.string, .string, .string, .string]) { _, _ in
        guard withLookup else { throw RenderFailure.unknown }
        return .map(GoMap())
      },
      "toYamlPretty": Function([.any]) { _, _ in throw RenderFailure.unknown },
      "toToml": Function([.any]) { _, values in .string(try TOMLWriter.toml(values[0])) },
      "fromToml": Function([.string]) { _, _ in throw RenderFailure.unknown }
    ])
    return table
  }

  /// The same for a check, which needs no real keys: what only helm can know is a word, or a certificate of words.
  static func lintTable() -> FunctionTable {
    var table = table()
    let word = Value("secret")
    let certificate = Value.object(
      GoObject(GoStruct("sprig.certificate", [("Cert", Value("certificate")), ("Key", Value("key"))])))
    for (name, function) in Sprig.unknowable {
      let isCertificate = name.hasPrefix("gen") && name != "genPrivateKey" || name == "buildCustomCert"
      table[name] = Function(function) { _, _ in isCertificate ? certificate : word }
    }
    table["toYamlPretty"] = table["toYaml"]
    table["toToml"] = Function([.any]) { _, _ in word }
    table["fromToml"] = Function([.string]) { _, _ in .map(GoMap()) }
    return table
  }

  private static var versions: Sprig.Versions {
    Sprig.Versions(
      parse: { text in
        guard let version = Version(String(decoding: text, as: UTF8.self)) else {
          throw RenderFailure.failed("Invalid Semantic Version")
        }
        return version.value
      },
      compare: { constraint, text in
        guard let constraint = VersionConstraint(String(decoding: constraint, as: UTF8.self)) else {
          throw RenderFailure.failed("improper constraint: \(String(decoding: constraint, as: UTF8.self))")
        }
        guard let version = Version(String(decoding: text, as: UTF8.self)) else {
          throw RenderFailure.failed("Invalid Semantic Version")
        }
        return constraint.admits(version)
      })
  }

  // MARK: out

  static func toYaml(_ value: Value) -> [UInt8] {
    var isKnown = true
    return toYaml(value, &isKnown)
  }

  /// Nothing for what is no JSON, which it passes through in helm: a number that is not finite, for one.
  /// - Parameter isKnown: set to false for a text that go-yaml writes in another way than libyaml.
  private static func toYaml(_ value: Value, _ isKnown: inout Bool) -> [UInt8] {
    var writer = YAMLWriter()
    do throws(Unwritable) { try write(value, to: &writer, depth: 0) } catch {
      if error == .unlike { isKnown = false }
      return []
    }
    var text = writer.finish()
    if text.last == 0x0A { text.removeLast() }
    return text
  }

  private enum Unwritable: Error {
    /// A value that has no YAML.
    case invalid
    /// A text with a byte order mark at its start, or U+2028 or U+2029: go-yaml's translation of the emitter and
    /// libyaml differ in them.
    case unlike
  }

  private static func write(_ value: Value, to writer: inout YAMLWriter, depth: Int) throws(Unwritable) {
    guard depth < 500 else { throw .invalid }
    switch value {
    case .invalid, .nil: writer.plain("null")
    case .bool(let bool): writer.plain(bool ? "true" : "false")
    case .int(let int): writer.plain("\(int)")
    case .int64(let int): writer.plain("\(int)")
    case .uint64(let int): writer.plain("\(int)")
    case .uint8(let int): writer.plain("\(int)")
    case .float64(let number):
      guard let text = YAML.number(number) else { throw .invalid }
      writer.plain(text)
    case .string(let text): writer.string(try throughJSON(text))
    case .bytes(let bytes): writer.string(Array(Base64.encode(bytes).utf8))
    case .list(let list):
      if list.isNil { return writer.plain("null") }
      writer.beginSequence()
      for element in list.elements { try write(element, to: &writer, depth: depth + 1) }
      writer.endSequence()
    case .map(let map) where map.kind == .noStrings: writer.plain("null")
    case .map(let map): try write(map.entries.map { ($0.0, $0.1) }, to: &writer, depth: depth)
    case .object(let object):
      guard let encodable = object.content as? any GoEncodable else { throw .invalid }
      switch encodable.encoded {
      case .value(let value): try write(value, to: &writer, depth: depth + 1)
      case .members(let members):
        try write(members.map { (Array($0.name.utf8), $0.value) }, to: &writer, depth: depth)
      }
    }
  }

  private static func write(
    _ members: [([UInt8], Value)], to writer: inout YAMLWriter, depth: Int
  ) throws(Unwritable) {
    writer.beginMapping()
    for (key, value) in members.count < 2 ? members : members.sorted(by: { YAML.isNaturallyBefore($0.0, $1.0) }) {
      let name = try throughJSON(key, isKey: true)
      // The parser that reads the JSON allows a key 1024 signs, quotes and escapes included.
      guard key.count < 170 || quotedCount(name) <= 1_024 else { throw .invalid }
      writer.string(name)
      try write(value, to: &writer, depth: depth + 1)
    }
    writer.endMapping()
  }

  /// What is left of a text that Go writes as JSON and go-yaml reads as YAML.
  private static func throughJSON(_ text: [UInt8], isKey: Bool = false) throws(Unwritable) -> [UInt8] {
    let isPlain = text.withUnsafeBufferPointer { $0.allSatisfy { $0 < 0x7F } }
    if isPlain { return text }
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { throw .unlike }
    var lineEnds = false
    // What is not UTF-8 becomes U+FFFD.
    let clean = String(decoding: text, as: UTF8.self)
    for scalar in clean.unicodeScalars {
      switch scalar.value {
      // A key is on one line.
      case 0x85 where isKey: throw .invalid
      case 0x85: lineEnds = true
      case 0x7F...0x9F, 0xFFFE, 0xFFFF: throw .invalid
      case 0x2028, 0x2029: throw .unlike
      default: break
      }
    }
    return lineEnds ? folded(Array(clean.utf8)) : Array(clean.utf8)
  }

  /// U+0085 ends a line: one of them becomes a space, of several one less remains, and blanks around them go.
  private static func folded(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [], place = 0
    func isEnd(_ place: Int) -> Bool { place + 1 < text.count && text[place] == 0xC2 && text[place + 1] == 0x85 }
    while place < text.count {
      guard isEnd(place) else {
        result.append(text[place])
        place += 1
        continue
      }
      while result.last == 0x20 { result.removeLast() }
      var count = 0
      while place < text.count {
        if isEnd(place) {
          count += 1
          place += 2
        } else if text[place] == 0x20 {
          place += 1
        } else {
          break
        }
      }
      result += count == 1 ? [0x20] : [UInt8](repeating: 0x0A, count: count - 1)
    }
    return result
  }

  private static func quotedCount(_ text: [UInt8]) -> Int {
    var count = 2
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"", "\\", "\n", "\r", "\t", "\u{8}", "\u{C}": count += 2
      case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}": count += 6
      default: count += 1
      }
    }
    return count
  }

  // MARK: in

  /// Whether libyaml reads a text as go-yaml does: libyaml leaves out a byte order mark at the start of any line.
  static func isReadAlike(_ text: Value) -> Bool {
    guard case .string(let bytes) = text else { return true }
    return isReadAlike(bytes)
  }

  static func isReadAlike(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      var place = 3
      while place + 2 < bytes.count, let found = bytes[place...].firstIndex(of: 0xEF) {
        if found + 2 < bytes.count, bytes[found + 1] == 0xBB, bytes[found + 2] == 0xBF { return false }
        place = found + 1
      }
      return true
    }
  }

  /// Helm's map with the entry `Error` for what is no YAML, or no mapping.
  static func fromYaml(_ text: Value) -> GoMap {
    switch read(text) {
    case .failure(let error): return GoMap([("Error", Value(error.text))])
    case .success(.map(let map)): return map
    case .success(.nil): return GoMap()
    case .success(let other):
      return GoMap([("Error", Value(mismatch(other, "map[string]interface {}")))])
    }
  }

  static func fromYamlArray(_ text: Value) -> Value {
    switch read(text) {
    case .failure(let error): return Value([Value(error.text)])
    case .success(.list(let list)): return .list(list)
    case .success(.nil): return Value([])
    case .success(let other): return Value([Value(mismatch(other, "[]interface {}"))])
    }
  }

  struct Mistake: Error { let text: String }

  static func read(_ text: Value) -> Result<Value, Mistake> {
    guard case .string(let bytes) = text else { return .success(.nil) }
    do throws(YAMLError) {
      guard let yaml = try YAML.firstForGo(parsing: bytes) else { return .success(.nil) }
      if let fault = yaml.goFault { return .failure(Mistake(text: fault)) }
      return .success(Value(yaml: yaml))
    } catch {
      return .failure(Mistake(text: "error converting YAML to JSON: \(error.goText)"))
    }
  }

  static func mismatch(_ value: Value, _ type: String) -> String {
    let kind =
      switch value {
      case .bool: "bool"
      case .float64: "number"
      case .string: "string"
      case .list: "array"
      default: "object"
      }
    return "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal \(kind) into Go value of type \(type)"
  }
}

extension Version {
  /// `*semver.Version`
  fileprivate var value: Value {
    func next(_ major: UInt64, _ minor: UInt64, _ patch: UInt64) -> Function {
      Function([]) { _, _ in Version("\(major).\(minor).\(patch)")?.value ?? .nil }
    }
    let text =
      "\(major).\(minor).\(patch)" + (pre.isEmpty ? "" : "-\(pre)") + (build.isEmpty ? "" : "+\(build)")
    let (major, minor, patch, pre, build, original) = (
      self.major, self.minor, self.patch, self.pre, self.build, original
    )
    return .object(
      GoObject(
        GoStruct(
          "*semver.Version", kind: "ptr", [], text: Array(text.utf8),
          methods: [
            "Major": Function([]) { _, _ in .uint64(major) }, "Minor": Function([]) { _, _ in .uint64(minor) },
            "Patch": Function([]) { _, _ in .uint64(patch) }, "Prerelease": Function([]) { _, _ in Value(pre) },
            "Metadata": Function([]) { _, _ in Value(build) }, "Original": Function([]) { _, _ in Value(original) },
            "String": Function([]) { _, _ in Value(text) }
          ], encoded: [])))
  }
}
