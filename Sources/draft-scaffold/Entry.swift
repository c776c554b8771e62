import Command

@main struct Entry {
  static func main() { Command(name: "draft-scaffold", summary: "write the Dockerfile, chart and draft.toml an application lacks").run { _ in .software } }
}
