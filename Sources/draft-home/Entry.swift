import Command

@main struct Entry {
  static func main() { Command(name: "draft-home", summary: "print the draft home").run { _ in .software } }
}
