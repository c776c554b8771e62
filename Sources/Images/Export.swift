import Command
import OCI
import Records
import Settings

/// Makes an image's blobs available as an OCI image layout, for a push and for podman.
///
/// The image is the one the record names by digest and id, whatever has its name in the store by now. One of `containers-storage` or
/// `docker-daemon` comes out through ``ImageCache``, one layout in the draft home for all of them, where a layer is compressed once in
/// its life. An image that has come out before is found there again by its id.
/// - Returns: the layout, and the image's manifest in it; the layout's index need not name it.
/// - Throws: ``BuildError``, ``ImageLayoutError``.
public func export(_ image: Image, home: Home) throws -> (layout: ImageLayout, manifest: Descriptor) {
  let name = "\(image.repository):\(image.tag)", id = try image.id.map { try checkedDigest($0, of: name) }
  _ = try Reference(name)
  switch image.store {
  case "containers-storage":
    // Whichever of the two is installed: the store is the same.
    let builder = ContainersBuilder(program: Child.find("buildah") == nil && Child.find("podman") != nil ? "podman" : "buildah")
    let stored = id?.hex ?? Reference.stored(name)
    guard let found = try builder.find(stored) else { throw BuildError.gone(name: Reference.stored(name), store: "containers-storage") }
    return try ImageCache(home).image(found) { incoming in try builder.export(found, to: incoming) }
  case "docker-daemon":
    guard let found = try DockerBuilder().find(id.map { "sha256:" + $0.hex } ?? name) else { throw BuildError.gone(name: name, store: "docker's store") }
    return try ImageCache(home).image(found) { incoming in try DockerBuilder().export(found, to: incoming) }
  case let store where store.hasPrefix("oci:/"):
    let path = String(store.dropFirst(4))
    let layout = try isCached(image, home: home) ? ImageCache(home).layout() : ImageLayout(path: path)
    return (layout, try layout.manifest(of: image, digest: image.digest.map { try checkedDigest($0, of: name) }, id: id))
  default: throw BuildError.unknownStore(image.store)
  }
}

/// Whether an image is in the draft home, which makes it again when it is gone.
public func isCached(_ image: Image, home: Home) -> Bool { image.store == "oci:\(home.path)/cache/images" }

/// Removes what is damaged of an image in the draft home, so that the next build makes it again.
/// - Parameter file: a file in there that is known to be damaged.
public func removeDamaged(_ image: Image?, file: String?, home: Home) throws {
  let cache = try ImageCache(home)
  if let file, Files.relative(file, to: cache.path + "/blobs") != nil { removeTree(file) }
  if let image, isCached(image, home: home) { cache.removeDamaged(image) }
}

private func checkedDigest(_ text: String, of name: String) throws -> Digest {
  guard let digest = Digest(text) else { throw ImageLayoutError.reference("\(name)@\(text)", reason: "what follows '@' is no digest") }
  return digest
}

extension ImageLayout {
  /// The manifest of the image that a record speaks of. A registry may know the image by another digest than the layout, where the
  /// layers of its base are the registry's own: then it is the one of its tag, if that has the same configuration.
  fileprivate func manifest(of image: Image, digest: Digest?, id: Digest?) throws -> Descriptor {
    let found: Descriptor
    if let digest, let here = try manifest(digest) { found = here } else {
      guard digest == nil || id != nil else { throw BuildError.gone(name: "\(image.repository):\(image.tag)", store: "'\(path)'") }
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
  /// The layers the cache has already stand in the incoming layout as empty files, under the digest the store knows them by: a
  /// blob that is there is not written again, so it is not compressed again either.
  func export(_ image: StoredImage, to incoming: ImageCache.Incoming) throws {
    for digest in incoming.known.keys { try Files.write([], to: "\(incoming.blobs)/\(digest.hex)", durable: false) }
    let result = try Child.run([program, "push", "--quiet", image.id, "oci:\(incoming.path):image"], output: .discard, errors: .capture)
    guard result.succeeded else {
      let lines = result.errorText.lines.map(String.init)
      throw BuildError.export(name: image.id, reason: BuildError.reason(lines) ?? "'\(program)' exited with status \(result.status)")
    }
    let layout = try ImageLayout(path: incoming.path)
    let manifest = try layout.manifest(try layout.resolve())
    try incoming.take(manifest, from: layout, origins: origins(of: manifest))
  }
}
