import Command

@main struct Entry {
  static func main() { Command(name: "draft-build", summary: "build the image of an application").run { _ in .software } }
}
