import Command

@main struct Entry {
  static func main() { Command(name: "draft-detect", summary: "detect the language of an application").run { _ in .software } }
}
