import Command
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-home", summary: "print the draft home", writes: "the path of the draft home, whether it is there or not",
      examples: ["cd \"$(draft home)\"", "DRAFT_HOME=/srv/draft draft home"]
    ).run { call in
      guard call.arguments.operands.isEmpty else { throw UsageError("draft-home takes no operand", hint: "try 'draft-home --help'") }
      try Standard.output(Home().path + "\n")
      return .done
    }
  }
}
