import Command
import HTTP
import Images
import OCI
import Settings

/// The upload of an image to one repository: first the blobs that the registry lacks, then the manifests, so that an
/// incomplete image is never visible.
struct Delivery {
  let client: RegistryClient
  let connection: Connection
  let layout: ImageLayout
  let tree: ManifestTree
  let memory: PushMemory
  /// Registries to copy blobs from that are not in the layout.
  let origins: [Digest: Origin]
  /// The query for the last pushed manifest, if it has been started.
  var question: Question?

  /// If a manifest vouches for the other blobs, blobs up to this many bytes are sent without asking: changed blobs are
  /// usually new, and asking takes as long as sending.
  static let unasked = 1 << 20

  /// - Parameters:
  ///   - tag: the tag that the manifest gets.
  ///   - current: the manifest that has the tag now.
  func run(tag: String, current: Digest?) throws -> Uploads.Counts {
    let vouched = try vouchedFor(current)
    let wanted = tree.blobs.filter { !vouched.contains($0.digest) }
    var counts = try upload(wanted, unasked: vouched.isEmpty ? -1 : Delivery.unasked)
    counts.existing += tree.blobs.count - wanted.count
    do { try put(tag) } catch let error as RegistryError where error.lacksBlob {
      // A blob has been deleted since, or was never complete.
      client.call.debug("\(error.message); asking for every blob")
      let further = try upload(tree.blobs, unasked: -1)
      guard further.bytes > 0 || further.mounted > 0 else { throw error }
      counts.bytes += further.bytes
      counts.mounted += further.mounted
      counts.existing = max(0, counts.existing - (tree.blobs.count - further.existing))
      try put(tag)
    }
    memory.remember(tree.root.descriptor.digest, tree.blobs.map(\.digest), in: client.reference.repository)
    return counts
  }

  /// The blobs of the last pushed manifest, if the registry still has it: it keeps a manifest's blobs as long as the
  /// manifest.
  private func vouchedFor(_ current: Digest?) throws -> Set<Digest> {
    guard let known = memory.known(of: client.reference.repository),
      tree.blobs.contains(where: { known.blobs.contains($0.digest) })
    else { return [] }
    if current == known.manifest { return known.blobs }
    guard
      try (question?.manifest == known.manifest ? question?.answer() : nil)
        ?? client.hasManifest(known.manifest, on: connection)
    else { return [] }
    return known.blobs
  }

  private func upload(_ blobs: [Descriptor], unasked: Int) throws -> Uploads.Counts {
    let progress = Progress(blobs, call: client.call)
    defer { progress.clear() }
    return try Uploads(
      client: client, layout: layout, blobs: blobs, memory: memory, origins: origins, unasked: unasked,
      progress: progress
    ).run(connection)
  }

  private func put(_ tag: String) throws {
    for child in tree.children { try client.put(child, as: child.descriptor.digest.description, on: connection) }
    try client.put(tree.root, as: tag, on: connection)
  }
}
