import Command
import OCI
import Records
import Settings

/// Makes an image's blobs available as an OCI image layout, for a push and for podman.
///
/// The image is found by the record's digest and id, whatever has its name in the store by now. An image of
/// `containers-storage` or `docker-daemon` is exported through ``ImageCache``, one layout in the draft home, where each
/// layer is compressed only once. An exported image is found there again by its id.
/// - Returns: the layout, and the image's manifest in it; the layout's index need not name it.
/// - Throws: ``BuildError``, ``ImageLayoutError``.
public func export(_ image: Image, home: Home) throws -> (layout: ImageLayout, manifest: Descriptor) {
  let name = "\(image.repository):\(image.tag)", id = try image.id.map { try checkedDigest($0, of: name) }
  _ = try Reference(name)
  switch image.store {
  case "containers-storage":
    // Use whichever is installed: they share one store.
    let builder = ContainersBuilder(
      program: Child.find("buildah") == nil && Child.find("podman") != nil ? "podman" : "buildah")
    let stored = id?.hex ?? Reference.stored(name)
    guard let found = try builder.find(stored) else {
      throw BuildError.gone(name: Reference.stored(name), store: "containers-storage")
    }
    return try ImageCache(home).image(found) { incoming in try builder.export(found, to: incoming) }
  case "docker-daemon":
    guard let found = try DockerBuilder().find(id.map { "sha256:" + $0.hex } ?? name) else {
      throw BuildError.gone(name: name, store: "docker's store")
    }
    return try ImageCache(home).image(found) { incoming in try DockerBuilder().export(found, to: incoming) }
  case let store where store.hasPrefix("oci:/"):
    let path = String(store.dropFirst(4))
    let layout = try isCached(image, home: home) ? ImageCache(home).layout() : ImageLayout(path: path)
    return (
      layout, try layout.manifest(of: image, digest: image.digest.map { try checkedDigest($0, of: name) }, id: id)
    )
  default: throw BuildError.unknownStore(image.store)
  }
}

/// Whether an image is in the draft home; one that is missing there can be made again.
public func isCached(_ image: Image, home: Home) -> Bool { image.store == "oci:\(home.path)/cache/images" }

/// Removes damaged blobs of an image in the draft home, so that the next build makes them again.
/// - Parameter file: a file there that is known to be damaged.
public func removeDamaged(_ image: Image?, file: String?, home: Home) throws {
  let cache = try ImageCache(home)
  if let file, Files.relative(file, to: cache.path + "/blobs") != nil { removeTree(file) }
  if let image, isCached(image, home: home) { cache.removeDamaged(image) }
}

private func checkedDigest(_ text: String, of name: String) throws -> Digest {
  guard let digest = Digest(text) else {
    throw ImageLayoutError.reference("\(name)@\(text)", reason: "what follows '@' is no digest")
  }
  return digest
}

extension ImageLayout {
  /// The manifest of the record's image. If the registry has its own layers of the base image, it knows the image by
  /// another digest than the layout does: then the manifest is that of the image's tag, if it has the same
  /// configuration.
  fileprivate func manifest(of image: Image, digest: Digest?, id: Digest?) throws -> Descriptor {
    let found: Descriptor
    if let digest, let here = try manifest(digest) {
      found = here
    } else {
      guard digest == nil || id != nil else {
        throw BuildError.gone(name: "\(image.repository):\(image.tag)", store: "'\(path)'")
      }
      found = try resolve(image.tag)
    }
    if let id {
      guard case .image(let config, _) = try manifest(found).kind, config.digest == id else {
        throw BuildError.gone(name: "\(image.repository):\(image.tag)", store: "'\(path)'")
      }
    }
    return found
  }
}

extension ContainersBuilder {
  /// Layers that are in the cache already are put into the incoming layout as empty files, under the digest that the
  /// store knows: an existing blob is neither written nor compressed again.
  func export(_ image: StoredImage, to incoming: ImageCache.Incoming) throws {
    for digest in incoming.known.keys { try Files.write([], to: "\(incoming.blobs)/\(digest.hex)", durable: false) }
    let result = try Child.run(
      [program, "push", "--quiet", image.id, "oci:\(incoming.path):image"], output: .discard, errors: .capture)
    guard result.succeeded else {
      let lines = result.errorText.lines.map(String.init)
      throw BuildError.export(
        name: image.id, reason: BuildError.reason(lines) ?? "'\(program)' exited with status \(result.status)")
    }
    let layout = try ImageLayout(path: incoming.path)
    let manifest = try layout.manifest(try layout.resolve())
    try incoming.take(manifest, from: layout, origins: origins(of: manifest))
  }
}
