import Command

@main struct Entry {
  static func main() { Command(name: "draft-push", summary: "push the image of an application to its registry").run { _ in .software } }
}
