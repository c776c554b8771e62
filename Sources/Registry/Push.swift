import Command
import HTTP
import Images
import OCI
import Records
import Settings

/// Whether there is a registry to push to: from the settings or from the image's name.
public func hasRegistry(_ image: Image?, settings: Settings) -> Bool {
  settings.registry != nil || image.map { Reference.isQualified($0.repository) } ?? false
}

/// Pushes an image to its registry, unless it is there already.
///
/// First one HEAD of the tag: if the registry reports the digest that we would push, nothing else is sent. Otherwise
/// the image (``Delivery``), and then the additional tags.
/// - Parameter plainHTTP: speak to the registry without TLS, though it is on another machine.
/// - Returns: what was done, and the image with its digest; nil if there is no registry.
/// - Throws: a ``Diagnosis``: 69 unreachable, 75 overloaded, 76 an invalid answer, 77 no login.
public func push(_ image: Image, plainHTTP asked: Bool = false, settings: Settings, home: Home, call: Call) throws -> (
  push: Push, image: Image
)? {
  guard hasRegistry(image, settings: settings) else { return nil }
  // The builder's store has it under the name it was built with.
  let built = image
  var image = image
  image.repository = qualified(image.repository, registry: settings.registry)
  var reference = try Reference(image.repository)
  for tag in [image.tag] + image.tags where !Reference.isTag(tag) {
    throw RegistryError.image("'\(tag)' is not a valid tag")
  }
  reference.tag = image.tag
  reference.digest = nil
  call.say("Pushing \(reference)")

  let plainHTTP = asked || isNamedPlain(reference.host, call), sessions = call.memory.value(RegistrySession.Known.init)
  do {
    let session = sessions.session(reference, plainHTTP: plainHTTP)
    let client = RegistryClient(reference, session: session, plainHTTP: asked, call: call),
      memory = try PushMemory(registry: reference.registry, home: home)
    // A new image's tag will not be there, so the next query is sent at the same time.
    let question =
      session.isWarm && image.why != "unchanged"
      ? memory.known(of: reference.repository).map { Question(client, $0.manifest) } : nil
    let connection = try client.connections.take(reference.host)
    let done = try push(built, as: image, client, connection, memory, question, home: home)
    session.pushed()
    client.connections.give(connection, for: reference.host)
    return done
  } catch {
    sessions.forget(reference, plainHTTP: plainHTTP)
    throw error
  }
}

/// - Parameters:
///   - built: the image by its name in the builder's store.
///   - image: the image by its name in the registry.
private func push(
  _ built: Image, as image: Image, _ client: RegistryClient, _ connection: Connection, _ memory: PushMemory,
  _ question: Question?, home: Home
) throws -> (push: Push, image: Image) {
  let call = client.call
  var image = image, reference = client.reference
  let there = try client.digest(ofTag: image.tag, on: connection)
  var source: ImageSource?
  var digest = image.digest.flatMap(Digest.init)
  if there == nil || there != digest {
    let found = try ImageSource(built, home: home)
    if there != nil, there == found.local?.root.descriptor.digest {
      digest = there
    } else {
      digest = found.tree.root.descriptor.digest
    }
    source = found
  }
  guard var digest else { throw RegistryError.image("it has no digest") }

  if let tree = source?.tree, case .image(_, let layers) = tree.root.kind { image.layers = layers.count }
  var counts = Uploads.Counts()
  if there == digest {
    counts.existing = source?.tree.blobs.count ?? image.layers.map { $0 + 1 } ?? 0
    call.say("\(image.tag): already there")
  } else if let found = source {
    var delivery = Delivery(
      client: client, connection: connection, layout: found.layout, tree: found.tree, memory: memory,
      origins: found.origins, question: question)
    do { counts = try delivery.run(tag: image.tag, current: there) } catch let gone as Relay.Gone {
      guard let local = found.local else { throw gone }
      call.say("the base image's layers cannot be copied: \(gone.reason); pushing them from here")
      delivery = Delivery(
        client: client.again(), connection: connection, layout: found.layout, tree: local, memory: memory, origins: [:])
      counts = try delivery.run(tag: image.tag, current: there)
    }
    source?.tree = delivery.tree
    digest = delivery.tree.root.descriptor.digest
    call.say("\(image.tag): digest: \(digest) size: \(delivery.tree.root.bytes.count)")
  }
  for tag in image.tags where try client.digest(ofTag: tag, on: connection) != digest {
    var found = try source ?? ImageSource(built, home: home)
    if let local = found.local, local.root.descriptor.digest == digest { found.tree = local }
    source = found
    try client.put(found.tree.root, as: tag, on: connection)
    call.say("\(tag): digest: \(digest)")
  }
  image.digest = digest.description
  reference.tag = nil
  reference.digest = digest
  return (
    Push(reference: reference.description, uploaded: counts.bytes, mounted: counts.mounted, existing: counts.existing),
    image
  )
}

/// Asks whether the registry has a manifest, on a connection of its own, while other requests run.
final class Question: @unchecked Sendable {
  let manifest: Digest
  private var isThere: Bool?
  private var isOver = false
  private let lock = Lock()

  init(_ client: RegistryClient, _ manifest: Digest) {
    self.manifest = manifest
    Thread.detachOrDo { [self] in
      var answer: Bool?
      if let connection = try? client.connections.take(client.host),
        let found = try? client.hasManifest(manifest, on: connection)
      {
        client.connections.give(connection, for: client.host)
        answer = found
      }
      lock.locked {
        (isThere, isOver) = (answer, true)
        lock.broadcast()
      }
    }
  }

  /// nil if there was no answer.
  func answer() -> Bool? {
    lock.lock()
    defer { lock.unlock() }
    while !isOver { lock.wait() }
    return isThere
  }
}

/// What is pushed.
struct ImageSource {
  var layout: ImageLayout
  var tree: ManifestTree
  var origins: [Digest: Origin]
  /// The same with only what is in the layout, if there are origins.
  var local: ManifestTree?

  init(_ image: Image, home: Home) throws {
    let (layout, descriptor) = try Images.export(image, home: home)
    let outgoing = try Outgoing(try layout.manifest(descriptor), of: layout, home: home)
    self.layout = layout
    tree = try ManifestTree(outgoing.manifest, layout)
    origins = outgoing.origins
    local = try outgoing.local.map { try ManifestTree($0, layout) }
  }
}

/// `web` prefixed with the configured registry; a name that includes a registry stays as it is.
private func qualified(_ repository: String, registry: String?) -> String {
  guard var registry, !Reference.isQualified(repository) else { return repository }
  while registry.hasSuffix("/") { registry.removeLast() }
  if repository.hasPrefix(registry + "/") { return repository }
  return registry + "/" + (repository.hasPrefix("localhost/") ? String(repository.dropFirst(10)) : repository)
}

/// Whether `DRAFT_PLAIN_HTTP` names the host: `registry.lan:5000,10.0.0.7:5000`.
func isNamedPlain(_ host: String, _ call: Call) -> Bool { isNamedPlain(host, call.variable("DRAFT_PLAIN_HTTP")) }

/// Whether a list such as `DRAFT_PLAIN_HTTP` names the host.
package func isNamedPlain(_ host: String, _ list: String?) -> Bool {
  (list ?? "").split { $0 == "," || $0 == " " }.contains { $0.lowercased() == host }
}
