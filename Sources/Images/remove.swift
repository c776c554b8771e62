import Command
import Glibc
import OCI
import Records
import Settings

/// Removes an application's images from this machine: its names in the builders' stores, and in the draft home the
/// index entries and build logs. An image that is still used stays, with a warning.
/// - Returns: the names that were removed.
public func removeImages(of app: App, settings: Settings, home: Home, call: Call) throws -> [String] {
  let repository = try repository(app, settings)
  var removed: [String] = []
  for program in stores(settings) {
    for name in try names(program, repository) {
      let result = try Child.run([program, "rmi", name], output: .discard, errors: .capture)
      if result.succeeded {
        removed.append(name)
      } else {
        call.warn(
          "image '\(name)' is kept: \(BuildError.reason(result.errorText.lines.map(String.init)) ?? "it is in use")")
      }
    }
  }
  if Files.exists(home.path + "/cache/images/index.json") {
    removed += try ImageCache(home).forget(repository, rules: Rules(builder: settings.builder))
  }
  removeTree(home.path + "/logs/" + app.name)
  return Array(Set(removed)).sorted()
}

/// The programs whose store has the images.
private func stores(_ settings: Settings) -> [String] {
  let program = settings.builder == "docker" ? "docker" : ["buildah", "podman"].first { Child.find($0) != nil }
  return program.map { [$0] } ?? []
}

private func names(_ program: String, _ repository: String) throws -> [String] {
  let stored = program == "docker" ? repository : Reference.stored(repository)
  let all = program == "docker" ? ["docker", "image", "ls"] : [program, "images"]
  let result = try Child.run(
    all + [program == "buildah" ? "--format={{.Name}}:{{.Tag}}" : "--format={{.Repository}}:{{.Tag}}"],
    output: .capture, errors: .capture)
  guard result.succeeded else {
    throw BuildError.store(
      program: program, reason: BuildError.reason(result.errorText.lines.map(String.init)) ?? "no reason given")
  }
  // The programs' filters match parts of names; keep only exact matches.
  return result.outputText.lines.map(String.init).filter { name in
    name.lastIndex(of: ":").map { name[..<$0] == stored } ?? false
  }.sorted()
}

extension ImageCache {
  /// Removes the images of a repository that were made here from the index and the notes. Their blobs are removed when
  /// space is needed.
  fileprivate func forget(_ repository: String, rules: Rules) throws -> [String] {
    let held = try FileLock(lock, wait: true, busy: "another image is being exported")
    defer { withExtendedLifetime(held) {} }
    let time = try buildTime(), layout = try ImageLayout(path: path)
    var kept: [Descriptor] = [], forgotten: [String] = []
    for manifest in layout.manifests {
      let tag = manifest.annotations[ImageLayout.refName] ?? ""
      let note = "\(path)/names/" + ImageCache.key(repository: repository, tag: tag, time: time, rules: rules)
      if Files.exists(note) {
        unlink(note)
        forgotten.append("\(repository):\(tag)")
      } else {
        kept.append(manifest)
      }
    }
    if !forgotten.isEmpty { try writeIndex(kept) }
    return forgotten
  }
}
