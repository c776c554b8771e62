import Records

extension Command {
  /// The output of `--describe`: everything that the manual page and the completions are generated from.
  func description(_ options: [Option]) -> JSON {
    .members([
      "name": .string(name), "summary": .string(summary), "group": group.map(JSON.string),
      "options": .array(options.map(\.json)), "operands": operands.usage.isEmpty ? nil : operands.json,
      "reads": reads.json, "writes": writes.json, "examples": .strings(examples)
    ])
  }

  /// The group in the list of commands, which is installed beside the commands.
  private var group: String? {
    guard let program = try? Files.executable(), let slash = program.lastIndex(of: "/"),
      let list = try? Files.readText(program[..<slash] + "/../share/draft/commands")
    else { return nil }
    let words = list.lines.map { $0.split(separator: " ") }.first { $0.count > 2 && "draft-\($0[0])" == name }
    return words.map { String($0[2]) }
  }
}

extension Option {
  fileprivate var json: JSON {
    .members([
      "name": .string(name), "letter": letter.map { .string(String($0)) }, "value": value?.json, "help": .string(help),
      "repeats": repeats ? .bool(true) : nil
    ])
  }
}

extension Option.Value {
  fileprivate var json: JSON {
    .object([("placeholder", .string(placeholder))] + (kind.json.object ?? []))
  }
}

extension Kind {
  fileprivate var json: JSON {
    guard case .words(let words) = self else { return .members(["kind": .string(name)]) }
    return .members(["kind": .string(name), "words": .strings(words)])
  }
}

extension Operands {
  fileprivate var json: JSON {
    .members(["usage": .string(usage), "first": first?.json, "kinds": .array(kinds.map(\.json))])
  }
}

extension Flow {
  fileprivate var json: JSON? { text.isEmpty ? nil : .members(["text": .string(text), "members": .strings(members)]) }
}
