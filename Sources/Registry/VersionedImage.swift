import Command
import Images
import OCI
import Records
import Settings

/// An image that gets a version as its tag, which no other image may have.
package struct VersionedImage {
  /// With the tag.
  package let reference: Reference
  private let source: ImageSource
  private let client: RegistryClient
  private let memory: PushMemory
  /// What a push has stored, if the image was pushed before.
  private let pushed: Digest?

  /// Reads the image; sends nothing.
  /// - Parameters:
  ///   - repository: where it is to be: `registry.example.com/release/web`.
  ///   - version: of the chart it belongs to. A registry has no `+` in tags.
  /// - Throws: ``RegistryError``.
  package init(_ image: Image, repository: String, version: String, home: Home, call: Call) throws {
    var reference = try Reference(repository)
    let tag = version.replacing("+", with: "_")
    guard Reference.isTag(tag) else { throw RegistryError.image("'\(tag)' is not a valid tag") }
    reference.tag = tag
    self.reference = reference
    let session = RegistrySession(reference, plainHTTP: isNamedPlain(reference.host, call))
    client = RegistryClient(reference, session: session, call: call)
    memory = try PushMemory(registry: reference.registry, home: home)
    source = try ImageSource(image, home: home)
    pushed = image.digest.flatMap(Digest.init)
  }

  /// Whether the tag has this image.
  /// - Throws: ``RegistryError/taken(_:)`` if it has another.
  package func isThere() throws -> Bool {
    let connection = try client.connections.take(reference.host)
    guard let there = try client.digest(ofTag: reference.tag ?? "", on: connection) else { return false }
    client.connections.give(connection, for: reference.host)
    let ours = [pushed, source.tree.root.descriptor.digest, source.local?.root.descriptor.digest]
    guard ours.contains(there) else { throw RegistryError.taken(reference.description) }
    return true
  }

  /// Pushes it unless it is there.
  /// - Returns: its digest in the registry.
  package func push() throws -> Digest {
    let tag = reference.tag ?? ""
    let connection = try client.connections.take(reference.host)
    if try isThere(), let digest = try client.digest(ofTag: tag, on: connection) { return digest }
    func deliver(_ tree: ManifestTree, _ origins: [Digest: Origin]) throws -> Digest {
      let delivery = Delivery(
        client: client.again(), connection: connection, layout: source.layout, tree: tree, memory: memory,
        origins: origins)
      _ = try delivery.run(tag: tag, current: nil)
      return tree.root.descriptor.digest
    }
    do { return try deliver(source.tree, source.origins) } catch let gone as Relay.Gone {
      guard let local = source.local else { throw gone }
      return try deliver(local, [:])
    }
  }
}
