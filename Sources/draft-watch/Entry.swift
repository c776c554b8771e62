import Command

@main struct Entry {
  static func main() { Command(name: "draft-watch", summary: "write a record whenever an application changes").run { _ in .software } }
}
