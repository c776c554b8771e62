import Command
import Records
import Settings

/// Working containers that a killed buildah or podman has left in its store. Their listings do not show whose a
/// container is, so a build passes a secret that is never mounted and is named after the directory of its context:
/// buildah records it with the container, in the storage's `userdata/buildah.json`, and puts it into no image.
enum LeftContainers {
  /// The options of `build` that mark its containers.
  static func mark(_ place: String) -> [String] { ["--secret", "id=\(name(place)),src=/dev/null"] }

  /// Removes the containers of builds that have ended.
  /// - Parameter places: the directories of their contexts.
  static func remove(of places: [String]) {
    if places.isEmpty { return }
    let marks = places.map { Array("id=\(name($0)),".utf8) }
    // Both programs share one store; without either there are no containers.
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
