import CSchema
import Records
import YAML

/// Checks values against a values.schema.json: JSON Schema draft 4 to 7, as in helm.
struct SchemaRules {
  private let root: JSON
  private let text: String
  private let file: String
  /// The parts of the schema that are not checked, by name.
  let unknown: [String]

  /// - Throws: ``ChartError/bad(file:line:reason:)`` if it is not JSON, or refers to itself in a circle.
  init(_ entry: ChartEntry, shown file: String) throws(ChartError) {
    do throws(JSONError) { root = try JSON(parsing: entry.bytes) } catch {
      throw .bad(file: file, line: 0, reason: "is not JSON: \(error.reason) at byte \(error.column)")
    }
    self.file = file
    var scan = Scan(root: root)
    do throws(Scan.Fault) {
      try scan.schema(root, by: nil, depth: 0)
      try scan.checkCircles()
    } catch {
      throw .bad(file: file, line: 0, reason: error.reason)
    }
    unknown = scan.unknown.sorted()
    text = root.text
  }

  struct Violation {
    let steps: [String]
    let message: String
  }

  /// The values that the schema forbids.
  /// - Throws: ``ChartError/bad(file:line:reason:)`` if the schema cannot be applied.
  func violations(_ values: ChartValue) throws(ChartError) -> [Violation] {
    if root == .bool(false) { return [Violation(steps: [], message: "it forbids everything")] }
    var cost = SchemaCost { [root] in Scan.target($0, in: root) }
    do throws(SchemaCost.Excess) { try cost.take(root, values) } catch {
      throw .bad(file: file, line: 0, reason: "has a schema that takes too long to be applied to these values")
    }
    let value = values.schemaText
    var found: [Violation] = []
    var reason = [CChar](repeating: 0, count: 400)
    let result = withUnsafeMutablePointer(to: &found) { found in
      cschema_validate(
        text, text.utf8.count, value, value.utf8.count,
        { context, steps, count, description in
          guard let context, let description else { return }
          let list = (0..<count).compactMap { steps?[$0].map { String(cString: $0) } }
          context.assumingMemoryBound(to: [Violation].self).pointee.append(
            Violation(steps: list, message: String(cString: description)))
        }, found, &reason, reason.count)
    }
    guard result == 0 else {
      let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw .bad(file: file, line: 0, reason: "cannot be applied: \(SchemaRules.plain(text))")
    }
    return found.map { Violation(steps: $0.steps, message: SchemaRules.plain($0.message)) }
  }

  /// A message of valijson in our form: lower case, no full stop.
  private static func plain(_ text: String) -> String {
    var text = text.hasSuffix(".") ? String(text.dropLast()) : text
    if let first = text.first, text.dropFirst().first?.isLowercase ?? false {
      text = first.lowercased() + text.dropFirst()
    }
    return text
  }

  /// Finds what the validator does not know, and what would make it run forever.
  private struct Scan {
    struct Fault: Error { let reason: String }

    let root: JSON
    var unknown: Set<String> = []
    /// References, and those that each leads to without a step into the value.
    private var seen: [String: Set<String>] = [:]
    private var heights: [String: Int] = [:]
    private var steps = 0
    private static let limit = 200
    private static let patternLimit = 2000, stateLimit = 20_000

    init(root: JSON) { self.root = root }

    private static let one = ["additionalProperties", "additionalItems", "items", "contains", "propertyNames"]
    private static let here = ["not", "if", "then", "else"], lists = ["allOf", "anyOf", "oneOf"],
      tables = ["properties", "patternProperties", "dependencies"]
    private static let known = Set(
      one + here + lists + tables + [
        "$schema", "$id", "id", "$ref", "$comment", "title", "description", "default", "examples", "definitions",
        "$defs", "type", "enum", "const", "format",
        "multipleOf", "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "maxLength", "minLength", "pattern",
        "maxItems", "minItems", "uniqueItems",
        "maxProperties", "minProperties", "required", "readOnly", "writeOnly", "deprecated", "contentMediaType",
        "contentEncoding"
      ])
    private static let formats: Set<String> = ["date", "time", "date-time"]

    /// - Parameter by: the reference followed since the last step into the value.
    mutating func schema(_ schema: JSON, by: String?, depth: Int) throws(Fault) {
      steps += 1
      guard depth < Scan.limit, steps < 200_000 else { throw Fault(reason: "is nested too deeply") }
      guard let members = schema.object else { return }
      for (name, _) in members where !Scan.known.contains(name) && !name.hasPrefix("x-") { unknown.insert("'\(name)'") }
      if let format = schema["format"]?.string, !Scan.formats.contains(format) { unknown.insert("format '\(format)'") }
      if let pattern = schema["pattern"]?.string { try check(pattern: pattern) }
      if let reference = schema["$ref"]?.string {
        if let by { seen[by]?.insert(reference) }
        if seen[reference] == nil, let target = Scan.target(reference, in: root) {
          seen[reference] = []
          try self.schema(target, by: reference, depth: depth + 1)
        }
        return
      }
      for name in Scan.here { if let inner = schema[name] { try self.schema(inner, by: by, depth: depth + 1) } }
      for name in Scan.lists {
        for inner in schema[name]?.array ?? [] { try self.schema(inner, by: by, depth: depth + 1) }
      }
      for name in Scan.one {
        for inner in schema[name]?.array ?? schema[name].map({ [$0] }) ?? [] {
          try self.schema(inner, by: nil, depth: depth + 1)
        }
      }
      for name in Scan.tables {
        for (key, inner) in schema[name]?.object ?? [] {
          if name == "patternProperties" { try check(pattern: key) }
          try self.schema(inner, by: name == "dependencies" ? by : nil, depth: depth + 1)
        }
      }
    }

    /// Finds references that lead to themselves, and chains of them that are too long.
    mutating func checkCircles() throws(Fault) {
      for reference in seen.keys.sorted() { _ = try height(of: reference, depth: 0) }
    }

    private mutating func height(of reference: String, depth: Int) throws(Fault) -> Int {
      if let height = heights[reference] {
        guard height > 0 else {
          throw Fault(reason: "has the reference '\(reference)', which leads to itself")
        }
        return height
      }
      guard depth < Scan.limit else { throw Fault(reason: "is nested too deeply") }
      heights[reference] = 0
      var height = 1
      for next in (seen[reference] ?? []).sorted() {
        height = try max(height, self.height(of: next, depth: depth + 1) + 1)
      }
      guard height < Scan.limit else { throw Fault(reason: "is nested too deeply") }
      heights[reference] = height
      return height
    }

    private mutating func check(pattern: String) throws(Fault) {
      guard pattern.utf8.count <= Scan.patternLimit else {
        throw Fault(reason: "has a pattern of more than \(Scan.patternLimit) bytes")
      }
      guard SchemaCost.size(of: pattern) <= Scan.stateLimit else {
        throw Fault(reason: "has a pattern that repeats itself too often")
      }
      if cschema_reads(pattern) == 0 { unknown.insert("pattern '\(pattern)'") }
    }

    /// `#/definitions/image`; nil for another document.
    static func target(_ reference: String, in root: JSON) -> JSON? {
      guard reference.hasPrefix("#") else { return nil }
      var value: JSON? = root
      for part in reference.dropFirst().split(separator: "/") {
        let key = String(part.replacing("~1", with: "/").replacing("~0", with: "~"))
        value =
          value?.array.flatMap { list in Int(key).flatMap { list.indices.contains($0) ? list[$0] : nil } }
          ?? value?[key]
      }
      return value
    }
  }
}

extension ChartValue {
  /// As JSON in which whole numbers are integers, as in Go.
  fileprivate var schemaText: String { whole.json.text }

  private var whole: ChartValue {
    switch self {
    case .number(let number): Int(exactly: number).map { .integer($0) } ?? self
    case .list(let items): .list(items.map(\.whole))
    case .table(let table): .table(table.mapValues(\.whole))
    default: self
    }
  }
}
