import Archives
import Command
import Glibc
import OCI
import Records

/// Images made here rather than by a builder. Their blobs are stored with the others; the index lists them by tag, for
/// podman and skopeo; `names` finds them by repository, tag, time and rules.
extension ImageCache {
  /// The number of names in the index: the most recent ones.
  private static let named = 100

  static func key(_ order: BuildOrder) -> String {
    key(repository: order.repository, tag: order.tag, time: order.time, rules: order.rules)
  }

  static func key(repository: String, tag: String, time: Int?, rules: Rules) -> String {
    key(["draft image name 2", repository, tag, time.map(String.init) ?? "own", rules.rawValue])
  }

  /// A SHA-256 over parts, each with its length.
  static func key(_ parts: [String]) -> String {
    var hash = SHA256()
    for part in parts {
      hash.update("\(part.utf8.count):")
      hash.update(part)
    }
    return hash.finish()
  }

  /// The image of the order, if all of it is there.
  func made(_ order: BuildOrder) throws -> StoredImage? {
    guard let descriptor = noted("names/" + ImageCache.key(order)) else { return nil }
    let layout = try self.layout()
    guard let image = whole(descriptor, layout) else { return nil }
    if !layout.manifests.contains(where: {
      $0.digest == descriptor.digest && $0.annotations[ImageLayout.refName] == order.tag
    }) {
      try name(descriptor, order)
    }
    return image
  }

  /// An image if all its blobs are there; marks them as used.
  func whole(_ descriptor: Descriptor, _ layout: ImageLayout) -> StoredImage? {
    guard let manifest = try? layout.manifest(descriptor), case .image(let config, let layers) = manifest.kind,
      ([descriptor, config] + layers).allSatisfy({ isThere($0, layout) })
    else { return nil }
    return StoredImage(id: config.digest.hex, layers: layers.count, digest: descriptor.digest.description)
  }

  /// Stores a small blob.
  func put(_ bytes: [UInt8], mediaType: String) throws -> Descriptor {
    let descriptor = Descriptor(mediaType: mediaType, digest: Digest(of: bytes), size: bytes.count)
    try Files.write(bytes, to: "\(path)/blobs/sha256/\(descriptor.digest.hex)", mode: 0o600, durable: false)
    return descriptor
  }

  /// Adds an image to the index and to the notes. Call this last, so that a named image is complete.
  func name(_ manifest: Descriptor, _ order: BuildOrder) throws {
    let held = try FileLock(lock, wait: true, busy: "another image is being exported")
    defer { withExtendedLifetime(held) {} }
    let layout = try self.layout()
    var entry = manifest
    entry.annotations = [ImageLayout.refName: order.tag]
    var list = layout.manifests.filter {
      $0.annotations[ImageLayout.refName] != order.tag && Files.exists(layout.blob($0.digest))
    }
    list = list.suffix(ImageCache.named - 1) + [entry]
    try writeIndex(list)
    try note(manifest, at: "names/" + ImageCache.key(order))
    let dropped = Generations("\(path)/kept/\(ImageCache.key([order.repository]))").add(
      "\(manifest.digest.hex) \(ImageCache.key(order))")
    if !dropped.isEmpty { try retire(dropped, list) }
    if Cache.isDue(path + "/pruned") { prune() }
  }

  /// Removes images that newer ones of their repository have replaced, except blobs that other images use.
  private func retire(_ dropped: [String], _ index: [Descriptor]) throws {
    func blobs(_ manifest: Substring) -> [String] {
      guard let bytes = try? Files.read("\(path)/blobs/sha256/\(manifest)", limit: 4 << 20),
        let whole = try? Manifest(bytes), case .image(let config, let layers) = whole.kind
      else { return [String(manifest)] }
      return [String(manifest), config.digest.hex] + layers.map(\.digest.hex)
    }
    var manifests = Set(dropped.compactMap { $0.split(separator: " ").first }), needed = Set<String>()
    for name in (try? Files.list(path + "/kept")) ?? [] {
      for line in Generations("\(path)/kept/\(name)").lines {
        guard let manifest = line.split(separator: " ").first else { continue }
        manifests.remove(manifest)
        needed.formUnion(blobs(manifest))
      }
    }
    for kind in ["ids", "heads"] {
      for name in (try? Files.list("\(path)/\(kind)")) ?? [] {
        if let manifest = noted("\(kind)/\(name)") { needed.formUnion(blobs(manifest.digest.hex[...])) }
      }
    }
    try writeIndex(index.filter { !manifests.contains($0.digest.hex[...]) })
    for line in dropped {
      if let name = line.split(separator: " ").last, name.allSatisfy(\.isHexDigit) { unlink("\(path)/names/\(name)") }
    }
    for blob in Set(manifests.flatMap(blobs)).subtracting(needed) where Digest("sha256:" + blob) != nil {
      unlink("\(path)/blobs/sha256/\(blob)")
    }
    forgetLost(["made", "layers"])
  }

  /// Call with the lock held.
  func writeIndex(_ list: [Descriptor]) throws {
    let index = JSON.members([
      "schemaVersion": .integer(2), "mediaType": .string(Manifest.ociIndex), "manifests": .array(list.map(\.json))
    ])
    try Files.write(index.bytes, to: path + "/index.json", durable: false)
  }
}
