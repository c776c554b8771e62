import Command
import HTTP
import OCI
import Records
import Settings

/// A blob of an artifact: its media type and its bytes.
package struct ArtifactBlob: Sendable {
  package var descriptor: Descriptor
  package var bytes: [UInt8]

  package init(mediaType: String, bytes: [UInt8]) {
    descriptor = Descriptor(mediaType: mediaType, digest: Digest(of: bytes), size: bytes.count)
    self.bytes = bytes
  }
}

/// Pushes something that is no image: its blobs, then the manifest under a tag that is not in use.
/// - Parameters:
///   - reference: with a tag.
///   - manifest: of the blobs.
///   - logins: files with logins to look into after those of docker, podman and buildah.
///   - accepts: whether the manifest that has the tag already is as good as this one. Called with its bytes.
/// - Returns: whether it was pushed: false if the tag was in use and its manifest accepted.
/// - Throws: what `accepts` throws, and ``RegistryError``.
package func pushArtifact(
  _ reference: Reference, blobs: [ArtifactBlob], manifest: Manifest, logins: [String], home: Home, call: Call,
  accepts: (Manifest) throws -> Void
) throws -> Bool {
  let tag = reference.tag ?? "latest"
  let session = RegistrySession(reference, plainHTTP: isNamedPlain(reference.host, call), logins: logins)
  let client = RegistryClient(reference, session: session, call: call)
  let pull = try RegistryPull(reference, logins: logins, call: call)
  let connection = try client.connections.take(reference.host)
  if let there = try client.digest(ofTag: tag, on: connection), let bytes = try pull.manifest(there.description) {
    try accepts(try Manifest(bytes))
    return false
  }
  let scratch = try Temporary.directory(in: try home.directory("cache/fetched"))
  defer { Temporary.remove(scratch) }
  try Files.makeDirectories(scratch + "/blobs/sha256")
  for blob in blobs {
    try Files.write(blob.bytes, to: "\(scratch)/blobs/sha256/\(blob.descriptor.digest.hex)", durable: false)
  }
  let layout = ImageLayout(blobsOf: scratch)
  let delivery = Delivery(
    client: client, connection: connection, layout: layout, tree: try ManifestTree(manifest, layout),
    memory: try PushMemory(registry: reference.registry, home: home), origins: [:])
  _ = try delivery.run(tag: tag, current: nil)
  // A registry has no conditions: of two pushes at once the later has the tag.
  if let now = try client.digest(ofTag: tag, on: connection), now != manifest.descriptor.digest,
    let bytes = try pull.manifest(now.description)
  {
    try accepts(try Manifest(bytes))
  }
  client.connections.give(connection, for: reference.host)
  return true
}
