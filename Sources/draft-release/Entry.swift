import Command

@main struct Entry {
  static func main() { Command(name: "draft-release", summary: "release an application to Kubernetes or to podman").run { _ in .software } }
}
