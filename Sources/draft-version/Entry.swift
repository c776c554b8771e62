import Command

@main struct Entry {
  static func main() {
    Command(
      name: "draft-version", summary: "print the version of draft",
      writes: Flow("'draft \(draftVersion)', or 'v\(draftVersion)' with --short", []),
      options: [Option("short", "s", help: "print the bare version")],
      examples: ["draft version", "draft version --short"]
    ).run { call in
      guard call.arguments.operands.isEmpty else {
        throw UsageError("draft-version takes no operand", hint: "try 'draft-version --help'")
      }
      try Standard.output(call.arguments.has("short") ? "v\(draftVersion)\n" : "draft \(draftVersion)\n")
      return .done
    }
  }
}
