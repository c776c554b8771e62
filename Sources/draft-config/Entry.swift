import Command
import Records
import Settings

@main struct Entry {
  static func main() {
    Command(
      name: "draft-config", summary: "list, get, set and unset settings of the draft home",
      operands: Operands(
        "list | get KEY | set KEY VALUE | unset KEY", first: .words(["list", "get", "set", "unset"]),
        .words(Key.all.filter(\.inConfig).map(\.name))), reads: "config.toml in the draft home",
      writes: "list: 'KEY = VALUE' lines; get: the value; set and unset change the file",
      examples: ["draft config set registry docker.io/me", "draft config get registry"]
    ).run { call in
      let words = call.arguments.operands
      let home = try Home()
      switch (words.first, words.count) {
      case ("list", 1):
        try Standard.output(Config.list(home).map { "\($0.key) = \($0.line)\n" }.joined())
      case ("get", 2):
        guard let text = try Config.get(words[1], home) else { return .failed }
        try Standard.output(text + "\n")
      case ("set", 3): try Config.set(words[1], to: words[2], home, call)
      case ("unset", 2): try Config.unset(words[1], home)
      case (nil, _):
        throw UsageError("draft-config needs a word: list, get, set or unset", hint: "try 'draft-config --help'")
      case ("list", _), ("get", _), ("set", _), ("unset", _):
        throw UsageError(
          "wrong number of words after '\(words[0])'", hint: "list | get KEY | set KEY VALUE | unset KEY")
      case (let word?, _):
        throw UsageError("'\(word)' is not list, get, set or unset", hint: "try 'draft-config --help'")
      }
      return .done
    }
  }
}
