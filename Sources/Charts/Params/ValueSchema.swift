import Records

/// The parts of a values.schema.json that describe a value.
struct ValueSchema {
  private let root: JSON

  /// Throws ``ChartError`` if it is not JSON.
  init(_ entry: ChartEntry, shown: String) throws(ChartError) {
    do throws(JSONError) { root = try JSON(parsing: entry.bytes) } catch {
      throw .bad(file: shown, line: 0, reason: "is not JSON: \(error.reason) at byte \(error.column)")
    }
  }

  /// The schema of a value, and whether its parent requires it; nil if the schema does not describe it.
  func value(_ steps: [ValuePaths.Step]) -> (schema: JSON, isRequired: Bool)? {
    var schemas = expanded([root]), isRequired = false
    for step in steps {
      guard case .key(let key) = step else { return nil }
      isRequired = schemas.contains { $0["required"]?.array?.contains(.string(key)) ?? false }
      schemas = expanded(schemas.compactMap { $0["properties"]?[key] })
      if schemas.isEmpty { return nil }
    }
    return schemas.first.map { first in (schemas.count == 1 ? first : ValueSchema.joined(schemas), isRequired) }
  }

  /// How many schemas may describe one value.
  private static let limit = 64

  /// Schemas with what `$ref` and `allOf` add to each, behind it.
  private func expanded(_ schemas: [JSON]) -> [JSON] {
    var found: [JSON] = [], rest = Array(schemas.reversed()), references: Set<String> = []
    while found.count < ValueSchema.limit, let schema = rest.popLast() {
      found.append(schema)
      rest += (schema["allOf"]?.array ?? []).prefix(ValueSchema.limit).reversed()
      if let reference = schema["$ref"]?.string, references.insert(reference).inserted, let target = target(reference) {
        rest.append(target)
      }
    }
    return found
  }

  /// `#/$defs/image`
  private func target(_ reference: String) -> JSON? {
    guard reference.hasPrefix("#/") else { return reference == "#" ? root : nil }
    var value: JSON? = root
    for part in reference.dropFirst(2).split(separator: "/") {
      value = value?[String(part.replacing("~1", with: "/").replacing("~0", with: "~"))]
    }
    return value
  }

  private static func joined(_ schemas: [JSON]) -> JSON {
    var members: [(name: String, value: JSON)] = []
    for member in schemas.flatMap({ $0.object ?? [] }) where !members.contains(where: { $0.name == member.name }) {
      members.append(member)
    }
    return .object(members)
  }
}
