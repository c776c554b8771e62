import Command
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-home", summary: "print the draft home",
      writes: "the path of the draft home, even if it does not exist",
      options: [Option("prune", help: "remove everything from its caches that has not been used for an hour")],
      examples: ["cd \"$(draft home)\"", "DRAFT_HOME=/srv/draft draft home", "draft home --prune"]
    ).run { call in
      guard call.arguments.operands.isEmpty else {
        throw UsageError("draft-home takes no operand", hint: "try 'draft-home --help'")
      }
      let home = try Home()
      if call.arguments.has("prune") {
        let (files, bytes) = home.prune()
        call.say(
          "Removed \(files) \(files == 1 ? "file" : "files"), \((bytes + 999_999) / 1_000_000) MB, from "
            + "'\(home.path)/cache'"
        )
      } else {
        try Standard.output(home.path + "\n")
      }
      return .done
    }
  }
}
