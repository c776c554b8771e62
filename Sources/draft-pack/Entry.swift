import Command

@main struct Entry {
  static func main() { Command(name: "draft-pack", summary: "pack the build context and the chart of an application").run { _ in .software } }
}
