import Command
import Glibc
import OCI
import Records
import Settings

/// One image layout in the draft home for images from the builders' stores, and notes about them:
///
///     cache/images/oci-layout, index.json, blobs/sha256/HEX
///     cache/images/ids/HEX       the manifest of the image with that id
///     cache/images/layers/HEX    the blob of the layer whose uncompressed content has that digest
///     cache/images/names/HEX     the manifest of the image of that name that was made here, see ImageCache+Made
///     cache/images/made/HEX      the blob of the layer that was made here from these entries
///     cache/images/heads/HEX     the manifest of the head with that key, and its base images
///     cache/images/times/HEX     the times of the files in the last image of the repository with that digest, see
///     GivenTimes
///     cache/images/fs/HEX        the file system of the head with that manifest
///     cache/images/kept/HEX      the last images made for the repository with that digest: manifest and name, see
///     Generations
///
/// A blob is moved in when it is complete, and noted after that; a note about a blob that is missing or has another
/// size is ignored. So all of it may be deleted at any time. Its size is limited: blobs that were not used for the
/// longest time are removed first, but none that were used within the last hour, since a push may be reading them.
struct ImageCache {
  let path: String
  let lock: String
  /// The blobs. A push may be reading one used within the last hour.
  private var blobs: Cache { Cache(path + "/blobs/sha256", bytes: 8 << 30, idle: 3_600) }

  init(_ home: Home) throws {
    try self.init(path: home.directory("cache/images"), lock: home.directory("locks") + "/images")
  }

  init(path: String, lock: String) throws {
    self.path = path
    self.lock = lock
    for name in ["blobs/sha256", "ids", "layers", "names", "made", "heads", "fs", "kept"] {
      try Files.makeDirectories(path + "/" + name, mode: 0o700)
    }
    _ = try layout()
  }

  /// The layout; replaced by an empty one if it is damaged. Images are found without the index, and are added to it
  /// again.
  func layout() throws -> ImageLayout {
    for _ in 0..<8 {
      if let layout = try? ImageLayout(path: path) { return layout }
      try Files.write(Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8), to: path + "/index.json")
      try Files.write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: path + "/oci-layout")
    }
    return try ImageLayout(path: path)
  }

  /// Removes the blobs of an image that do not match their digests, so that they are made again.
  func removeDamaged(_ image: Image) {
    let layout = ImageLayout(blobsOf: path)
    func check(_ blob: Descriptor) {
      if (try? layout.isWhole(blob)) != true { removeTree(layout.blob(blob.digest)) }
    }
    guard let digest = image.digest.flatMap(Digest.init), let found = try? layout.manifest(digest) else { return }
    check(found)
    guard case .image(let config, let layers)? = try? layout.manifest(found).kind else { return }
    ([config] + layers).forEach(check)
  }

  /// An image being imported: a layout of its own, removed once its blobs have been moved.
  final class Incoming {
    let path: String
    /// The blobs of the image's layers that are in the cache, by the digest of their uncompressed content.
    let known: [Digest: Descriptor]
    fileprivate let cache: ImageCache
    fileprivate(set) var manifest: Descriptor?
    var blobs: String { path + "/blobs/sha256" }

    fileprivate init(_ cache: ImageCache, known: [Digest: Descriptor]) throws {
      self.cache = cache
      self.known = known
      path = try Temporary.directory(in: cache.path)
      try Files.makeDirectories(path + "/blobs/sha256")
    }

    deinit { Temporary.remove(path) }
  }

  /// The manifest of an image, from the cache or from `make`, which must call ``Incoming/take(_:from:)``.
  func image(_ image: StoredImage, make: (Incoming) throws -> Void) throws -> (
    layout: ImageLayout, manifest: Descriptor
  ) {
    let layout = try self.layout()
    if let manifest = remembered(image, layout) { return (layout, manifest) }
    let held = try FileLock(lock, wait: true, busy: "another image is being exported")
    defer { withExtendedLifetime(held) {} }
    // It may have been imported while this process waited.
    if let manifest = remembered(image, layout) { return (layout, manifest) }
    // What killed exports left. The lock is held, so none is running.
    Cache(path, kept: 0).sweep { $0.name.hasPrefix("tmp-") }
    let incoming = try Incoming(
      self, known: Dictionary(image.diffIDs.compactMap { digest in layer(digest, layout).map { (digest, $0) } }) { $1 })
    try make(incoming)
    guard let manifest = incoming.manifest else {
      throw BuildError.export(name: image.id, reason: "it exported nothing")
    }
    try note(manifest, at: "ids/" + image.id)
    prune()
    return (layout, manifest)
  }

  // MARK: notes

  private func remembered(_ image: StoredImage, _ layout: ImageLayout) -> Descriptor? {
    guard let descriptor = noted("ids/" + image.id), let manifest = try? layout.manifest(descriptor),
      case .image(let config, let layers) = manifest.kind,
      ([descriptor, config] + layers).allSatisfy({ isThere($0, layout) })
    else { return nil }
    return descriptor
  }

  func layer(_ digest: Digest, _ layout: ImageLayout) -> Descriptor? {
    noted("layers/" + digest.hex).flatMap { isThere($0, layout) ? $0 : nil }
  }

  /// Whether the blob is there; marks it as used now.
  func isThere(_ blob: Descriptor, _ layout: ImageLayout) -> Bool {
    guard let file = try? layout.open(blob) else { return false }
    // Blobs used within the last hour stay, so a few minutes do not matter.
    if let status = try? file.status(), status.st_mtim.tv_sec > time(nil) - 600 { return true }
    return futimens(file.descriptor, nil) == 0
  }

  func noted(_ name: String) -> Descriptor? {
    (try? Files.read(path + "/" + name, limit: 65_536)).flatMap { try? JSON(parsing: $0) }.flatMap(Descriptor.init)
  }

  func note(_ descriptor: Descriptor, at name: String) throws {
    try Files.write(descriptor.json.bytes, to: path + "/" + name, durable: false)
  }

  // MARK: removal

  func prune() { prune(blobs) }

  func prune(_ blobs: Cache) {
    guard blobs.sweep().number > 0 else { return }
    forgetLost(["ids", "layers", "names", "made", "heads"])
    Cache(path + "/fs", kept: 0).sweep { !Files.exists(blobs.path($0.name)) }
  }

  /// Removes notes about blobs that are gone.
  func forgetLost(_ kinds: [String]) {
    for kind in kinds {
      Cache(path + "/" + kind, kept: 0).sweep { note in
        guard let blob = noted(kind + "/" + note.name) else { return true }
        return !Files.exists(blobs.path(blob.digest.hex))
      }
    }
  }
}

extension ImageCache.Incoming {
  /// Imports an image: its new blobs, and a manifest in which the known blobs replace the empty files. Uncompressed
  /// layers are compressed here, once.
  func take(_ manifest: Manifest, from layout: ImageLayout, origins: [Digest: Origin] = [:]) throws {
    guard case .image(let config, var layers) = manifest.kind else {
      throw ImageLayoutError.manifest("is an index of several images")
    }
    let configuration = try JSON(parsing: try layout.read(config))
    let diffIDs = (configuration["rootfs"]?["diff_ids"]?.array ?? []).compactMap { $0.string.flatMap(Digest.init) }
    guard diffIDs.count == layers.count else {
      throw ImageLayoutError.manifest("has \(layers.count) layers, and its configuration \(diffIDs.count)")
    }

    for (index, diffID) in diffIDs.enumerated() {
      if let known = known[diffID] {
        layers[index] = known
      } else {
        if layers[index].mediaType.hasSuffix(".tar") { layers[index] = try compress(layers[index], diffID, layout) }
        layers[index] = Descriptor(
          mediaType: ImageCache.mediaType(layers[index].mediaType), digest: layers[index].digest,
          size: layers[index].size)
        try move(layers[index])
        try cache.note(layers[index], at: "layers/" + diffID.hex)
      }
    }
    for (index, diffID) in diffIDs.enumerated() {
      if let origin = origins[diffID] { layers[index].annotations[Origin.annotation] = origin.text }
    }
    let kept = Descriptor(
      mediaType: "application/vnd.oci.image.config.v1+json", digest: config.digest, size: config.size)
    try move(kept)

    var json = JSON.members([
      "schemaVersion": .integer(2), "mediaType": .string(Manifest.ociImage), "config": kept.json,
      "layers": .array(layers.map(\.json))
    ])
    json["annotations"] = try? JSON(parsing: manifest.bytes)["annotations"]
    let whole = try Manifest(json.bytes)
    try Files.write(whole.bytes, to: "\(cache.path)/blobs/sha256/\(whole.descriptor.digest.hex)", durable: false)
    self.manifest = whole.descriptor
  }

  private func move(_ blob: Descriptor) throws {
    let place = "\(cache.path)/blobs/sha256/\(blob.digest.hex)"
    Files.clear(place)
    guard blob.digest.algorithm == "sha256", rename("\(blobs)/\(blob.digest.hex)", place) == 0 else {
      throw SystemError("cannot create '\(place)'", errno, code: .cannotCreate)
    }
    // The file's time is when it was last used.
    _ = utimes(place, nil)
  }

  /// Compresses a layer, beside the others. Throws if it does not match its announced digest.
  private func compress(_ layer: Descriptor, _ diffID: Digest, _ layout: ImageLayout) throws -> Descriptor {
    let source = try layout.open(layer)
    let temporary = try Temporary.file(beside: blobs + "/layer")
    defer { Temporary.remove(temporary.path) }
    let result = try Gzip.compress(source, to: temporary.file, name: layout.blob(layer.digest))
    guard result.content == diffID else { throw ImageLayoutError.damaged(layout.blob(layer.digest), diffID) }
    guard rename(temporary.path, "\(blobs)/\(result.digest.hex)") == 0 else {
      throw SystemError("cannot create '\(temporary.path)'", errno, code: .cannotCreate)
    }
    Temporary.forget(temporary.path)
    return Descriptor(mediaType: layer.mediaType + "+gzip", digest: result.digest, size: result.size)
  }
}

extension ImageCache {
  /// OCI's name for a layer's media type of Docker's.
  static func mediaType(_ name: String) -> String {
    switch name {
    case "application/vnd.docker.image.rootfs.diff.tar.gzip", "application/vnd.docker.image.rootfs.diff.tar+gzip":
      "application/vnd.oci.image.layer.v1.tar+gzip"
    default: name
    }
  }
}
