import Images
import OCI

/// A manifest with all it refers to: the manifests of an index, and every blob once.
struct ManifestTree {
  let root: Manifest
  /// The manifests below the root, each after those it refers to.
  private(set) var children: [Manifest] = []
  /// Without layers that registries do not store.
  private(set) var blobs: [Descriptor] = []
  private var seen: Set<Digest> = []

  /// Reads the manifests of a layout. Throws ``ImageLayoutError`` if one is missing or damaged.
  init(_ root: Manifest, _ layout: ImageLayout) throws {
    self.root = root
    try add(root, layout, depth: 0)
  }

  private mutating func add(_ manifest: Manifest, _ layout: ImageLayout, depth: Int) throws {
    switch manifest.kind {
    case let .image(config, layers):
      for blob in [config] + layers where !blob.isForeign && seen.insert(blob.digest).inserted { blobs.append(blob) }
    case .index(let descriptors):
      guard depth < 4 else { throw ImageLayoutError.manifest("holds indexes in indexes, too deep") }
      for descriptor in descriptors where seen.insert(descriptor.digest).inserted {
        let child = try layout.manifest(descriptor)
        try add(child, layout, depth: depth + 1)
        children.append(child)
      }
    }
  }
}
