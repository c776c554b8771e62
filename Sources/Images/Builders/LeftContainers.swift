import Command
import Records
import Settings

/// The working containers that a killed buildah or podman has left in its store. What those programs say of a container
/// does not tell whose it is, so a build hands them a secret that nothing mounts, whose name is that of the directory it
/// has its context in: buildah keeps it with the container, in the storage's `userdata/buildah.json`, and puts it into no
/// image.
enum LeftContainers {
  /// The words of `build` that mark its containers.
  static func mark(_ place: String) -> [String] { ["--secret", "id=\(name(place)),src=/dev/null"] }

  /// Removes those of builds that are gone.
  /// - Parameter places: the directories that they had their contexts in.
  static func remove(of places: [String]) {
    if places.isEmpty { return }
    let marks = places.map { Array("id=\(name($0)),".utf8) }
    // Both have one store; who has neither has no containers.
    guard let program = ["buildah", "podman"].first(where: { Child.find($0) != nil }), let root = graphRoot(program)
    else { return }
    for driver in (try? Files.list(root)) ?? [] where driver.hasSuffix("-containers") {
      for id in (try? Files.list(root + "/" + driver)) ?? [] {
        let path = "\(root)/\(driver)/\(id)/userdata/buildah.json"
        guard let state = try? Files.read(path, limit: 4 << 20), marks.contains(where: state.contains) else { continue }
        let force = program == "podman" ? ["--force"] : []
        _ = try? Child.run([program, "rm"] + force + [id], output: .discard, errors: .discard, seconds: 60)
      }
    }
  }

  private static func name(_ place: String) -> String {
    "draft-" + place[(place.lastIndex(of: "/").map(place.index(after:)) ?? place.startIndex)...]
  }

  private static func graphRoot(_ program: String) -> String? {
    let key = program == "podman" ? "{{.Store.GraphRoot}}" : "{{.store.GraphRoot}}"
    let result = try? Child.run([program, "info", "--format", key], output: .capture, errors: .discard, seconds: 60)
    guard let path = result?.outputText.lines.first.map(String.init), path.hasPrefix("/") else { return nil }
    return path
  }
}
