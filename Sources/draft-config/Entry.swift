import Command

@main struct Entry {
  static func main() { Command(name: "draft-config", summary: "list, get, set and unset settings of the draft home").run { _ in .software } }
}
