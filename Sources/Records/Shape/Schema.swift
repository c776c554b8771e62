extension Members {
  /// A JSON Schema (draft 2020-12) of a record, with the given members.
  ///
  /// It rejects what a stage that needs the member rejects: a missing field, or one of another type. Everything that
  /// readers ignore is allowed, and the known words of a field are `examples`, since a later version may have more.
  /// `writtenBy` and `readBy` are annotations.
  public static func schema(of members: [any Member.Type] = Members.all) -> JSON {
    .members([
      "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
      "title": .string("a record of draft's pipe"),
      "description": .string("One application on its way to one environment; see draft-records(5)."),
      "type": .string("object"),
      "properties": .object(
        [("draft", .members(["description": .string("the version of the format"), "const": .integer(Record.version)]))]
          + members.map { ($0.name, object(of: $0)) })
    ])
  }
}

private func object(of member: any Member.Type) -> JSON {
  let about = member.about
  return object(
    member.fields,
    ["description": .string(about.says), "writtenBy": .string(about.by), "readBy": .string(about.readers)])
}

private func object(_ fields: [Field], _ about: KeyValuePairs<String, JSON?> = [:]) -> JSON {
  let required = fields.filter(\.isRequired).map(\.name)
  return .object(
    (JSON.members(about).object ?? []) + [
      ("type", .string("object")), ("properties", .object(fields.map { ($0.name, value(of: $0)) }))
    ] + (required.isEmpty ? [] : [("required", .strings(required))]))
}

private func value(of field: Field) -> JSON {
  .object(
    [("description", .string(field.says))] + (value(of: field.kind).object ?? [])
      + (field.absent.map { [("default", $0)] } ?? []))
}

private func value(of kind: Field.Kind) -> JSON {
  func type(_ name: String, _ more: KeyValuePairs<String, JSON?> = [:]) -> JSON {
    .object([("type", .string(name))] + (JSON.members(more).object ?? []))
  }
  return switch kind {
  case .string: type("string")
  case .digest: type("string", ["pattern": .string("^sha256:[0-9a-f]{64}$")])
  case .word(let words): type("string", ["examples": .strings(words)])
  case .boolean: type("boolean")
  case .integer: type("integer", ["minimum": .integer(-Number.limit), "maximum": .integer(Number.limit)])
  case .count: type("integer", ["minimum": .integer(0), "maximum": .integer(Number.limit)])
  case .number: type("number")
  case .strings: type("array", ["items": type("string")])
  case .numbers: type("object", ["additionalProperties": type("number")])
  case .objects(let fields): type("array", ["items": object(fields)])
  case .any: .object([])
  }
}
