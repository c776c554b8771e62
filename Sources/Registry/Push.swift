import Command
import Images
import Records
import Settings

/// Whether there is a registry to push to. When there is none it says so, once in a process.
public func hasRegistry(_ image: Image?, settings: Settings, call: Call) -> Bool {
  if settings.registry != nil { return true }
  if let image, Reference.isQualified(image.repository) { return true }
  if !settings.disablePushWarning, Warning.isFirst() {
    call.warn(
      "no registry has been set, therefore draft will not push to a container registry\n"
        + "  draft config set registry docker.io/myusername, or draft config set disable-push-warning true to hide this")
  }
  return false
}

private enum Warning {
  nonisolated(unsafe) private static var given = false
  private static let lock = Lock()
  static func isFirst() -> Bool { lock.locked { defer { given = true }; return !given } }
}

/// Pushes an image to its registry, unless it is there already.
///
/// First one HEAD of the tag: when the registry names the digest that we would push, nothing else is sent. Otherwise all blobs, then the
/// manifest by its tag, so that nobody ever sees an image that lacks a part; then the further tags.
/// - Returns: what was done, and the image with its digest; nil when there is no registry.
/// - Throws: a ``Diagnosis``: 69 unreachable, 75 overloaded, 76 no registry's answers, 77 no login.
public func push(_ image: Image, settings: Settings, home: Home, call: Call) throws -> (push: Push, image: Image)? {
  guard hasRegistry(image, settings: settings, call: call) else { return nil }
  // The builder's store knows it by the name it was built under.
  let built = image
  var image = image
  image.repository = qualified(image.repository, registry: settings.registry)
  var reference = try Reference(image.repository)
  for tag in [image.tag] + image.tags where !Reference.isTag(tag) { throw RegistryError.image("'\(tag)' is no tag") }
  reference.tag = image.tag
  reference.digest = nil
  call.say("Pushing \(reference)")

  let client = RegistryClient(reference, plainHTTP: speaksPlainHTTP(reference.host, call), call: call)
  let connection = try Connection(trust: client.trust)
  let there = try client.digest(ofTag: image.tag, on: connection)
  var source: (layout: ImageLayout, manifest: Descriptor)?
  var digest = image.digest.flatMap(Digest.init)
  if there == nil || there != digest {
    let found = try exported(built, home: home)
    (source, digest) = (found, found.manifest.digest)
  }
  guard let digest else { throw RegistryError.image("its digest is not known") }

  let tree = try source.map { try ManifestTree($0.layout, $0.manifest) }
  if let tree, case .image(_, let layers) = tree.root.kind { image.layers = layers.count }
  var counts = Uploads.Counts()
  if there == digest {
    counts.existing = tree?.blobs.count ?? image.layers.map { $0 + 1 } ?? 0
    call.say("\(image.tag): already there")
  } else if let source, let tree {
    counts = try uploadAll(tree, source.layout, client, connection, home: home)
    for child in tree.children { try client.put(child, as: child.descriptor.digest.description, on: connection) }
    try client.put(tree.root, as: image.tag, on: connection)
    call.say("\(image.tag): digest: \(digest) size: \(tree.root.bytes.count)")
  }
  for tag in image.tags where try client.digest(ofTag: tag, on: connection) != digest {
    let found = try source ?? exported(image, home: home)
    source = found
    try client.put(try found.layout.manifest(found.manifest), as: tag, on: connection)
    call.say("\(tag): digest: \(digest)")
  }
  image.digest = digest.description
  reference.tag = nil
  reference.digest = digest
  return (Push(reference: reference.description, uploaded: counts.bytes, mounted: counts.mounted, existing: counts.existing), image)
}

private func uploadAll(
  _ tree: ManifestTree, _ layout: ImageLayout, _ client: RegistryClient, _ connection: Connection, home: Home
) throws -> Uploads.Counts {
  let memory = try MountMemory(registry: client.reference.registry, home: home)
  let progress = Progress(tree.blobs, call: client.call)
  defer { progress.clear() }
  let counts = try Uploads(client: client, layout: layout, blobs: tree.blobs, memory: memory, progress: progress).run(connection)
  memory.remember(tree.blobs.map(\.digest), in: client.reference.repository)
  return counts
}

/// The image as a layout: where it says it is, or as its builder gives it out.
private func exported(_ image: Image, home: Home) throws -> (layout: ImageLayout, manifest: Descriptor) {
  guard image.store.hasPrefix("oci:") else { return try Images.export(image, home: home) }
  let layout = try ImageLayout(path: String(image.store.dropFirst(4)))
  return (layout, try layout.resolve(image.tag))
}

/// `web` with the registry set before it; a name that says its registry stays as it is.
private func qualified(_ repository: String, registry: String?) -> String {
  guard var registry, !Reference.isQualified(repository) else { return repository }
  while registry.hasSuffix("/") { registry.removeLast() }
  if repository.hasPrefix(registry + "/") { return repository }
  return registry + "/" + (repository.hasPrefix("localhost/") ? String(repository.dropFirst(10)) : repository)
}

/// `--plain-http`, or `DRAFT_PLAIN_HTTP` naming the host: `registry.lan:5000,10.0.0.7:5000`.
private func speaksPlainHTTP(_ host: String, _ call: Call) -> Bool {
  if call.arguments.has("plain-http") { return true }
  return (call.variable("DRAFT_PLAIN_HTTP") ?? "").split { $0 == "," || $0 == " " }.contains { $0.lowercased() == host }
}
