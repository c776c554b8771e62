import Command
import Records

@main struct Entry {
  static func main() {
    Command(
      name: "draft-records", summary: "list the members of a record and their fields",
      operands: Operands("[MEMBER...]", .words(Members.all.map { $0.name })),
      writes: "a table of all members, or of the fields of the named members; with --schema, a JSON Schema",
      options: [Option("schema", help: "print a JSON Schema (draft 2020-12) of a record, or of the named members")],
      examples: ["draft records --schema | jq .properties.app", "draft records image push", "draft records"]
    ).run { call in
      let names = call.arguments.operands
      let known = Members.all.map { $0.name }
      if let unknown = names.first(where: { !known.contains($0) }) {
        throw UsageError(
          "'\(unknown)' is not a member that draft writes",
          hint: (nearest(to: unknown, among: known).map { "did you mean '\($0)'? " } ?? "")
            + "'draft records' lists them")
      }
      let members = names.isEmpty ? Members.all : names.flatMap { name in Members.all.filter { $0.name == name } }
      if call.arguments.has("schema") {
        try Standard.output(Members.schema(of: members).text + "\n")
      } else if names.isEmpty {
        let rows = members.map { [$0.name, $0.about.by, $0.about.phrase] }
        try Standard.output(table(["MEMBER", "WRITTEN BY", "WHAT IT SAYS"], rows))
      } else {
        let rows = members.flatMap { Entry.rows($0.fields, of: $0.name) }
        try Standard.output(table(["FIELD", "TYPE", "WHAT IT SAYS"], rows))
      }
      return .done
    }
  }

  /// A row for each field, followed by the fields of objects in a list.
  private static func rows(_ fields: [Field], of place: String) -> [[String]] {
    fields.flatMap { field -> [[String]] in
      let name = "\(place).\(field.name)", row = [name, field.type, field.says]
      guard case .objects(let inner) = field.kind else { return [row] }
      return [row] + rows(inner, of: name + "[]")
    }
  }
}
