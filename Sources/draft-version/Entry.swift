import Command

@main struct Entry {
  static func main() { Command(name: "draft-version", summary: "print the version of draft").run { _ in .software } }
}
