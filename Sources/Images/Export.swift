import Command
import Records
import Settings

/// Makes an image's blobs available as an OCI image layout, for a push.
///
/// An image of `containers-storage` or `docker-daemon` comes out through ``ImageCache``, one layout in the draft home for all
/// of them, where a layer is compressed once in its life. An image that has come out before is found there again by its id.
/// - Returns: the layout, and the image's manifest in it; the layout's index need not name it.
/// - Throws: ``BuildError``, ``ImageLayoutError``.
public func export(_ image: Image, home: Home) throws -> (layout: ImageLayout, manifest: Descriptor) {
  let name = "\(image.repository):\(image.tag)"
  _ = try Reference(name)
  switch image.store {
  case "containers-storage":
    // Whichever of the two is installed: the store is the same.
    let builder = ContainersBuilder(program: Child.find("buildah") == nil && Child.find("podman") != nil ? "podman" : "buildah")
    let stored = ContainersBuilder.stored(name)
    guard let found = try builder.find(stored) else { throw BuildError.gone(name: stored, store: "containers-storage") }
    return try ImageCache(home).image(found) { incoming in try builder.export(found, to: incoming) }
  case "docker-daemon":
    guard let found = try DockerBuilder().find(name) else { throw BuildError.gone(name: name, store: "docker's store") }
    return try ImageCache(home).image(found) { incoming in try DockerBuilder().export(found, to: incoming) }
  case let store where store.hasPrefix("oci:/"):
    let layout = try ImageLayout(path: String(store.dropFirst(4)))
    return (layout, try layout.resolve(image.digest ?? image.tag))
  default: throw BuildError.unknownStore(image.store)
  }
}

extension ContainersBuilder {
  /// The layers the cache has already stand in the incoming layout as empty files, under the digest the store knows them by: a
  /// blob that is there is not written again, so it is not compressed again either.
  func export(_ image: StoredImage, to incoming: ImageCache.Incoming) throws {
    for digest in incoming.known.keys { try Files.write([], to: "\(incoming.blobs)/\(digest.hex)", durable: false) }
    let result = try Child.run([program, "push", "--quiet", image.id, "oci:\(incoming.path):image"], output: .discard, errors: .capture)
    guard result.succeeded else {
      let lines = result.errorText.split(separator: "\n").map(String.init)
      throw BuildError.export(name: image.id, reason: BuildError.reason(lines) ?? "'\(program)' exited with status \(result.status)")
    }
    let layout = try ImageLayout(path: incoming.path)
    let manifest = try layout.manifest(try layout.resolve())
    try incoming.take(manifest, from: layout, origins: origins(of: manifest))
  }
}
