import Command
import Glibc
import OCI
import Records
import Settings

/// `draft-builder-NAME` on PATH, by the contract of draft-builder(7): the order as a JSON object on standard input, an
/// OCI image layout as the result. The layout is checked blob by blob, and moved to its place in the draft home only if
/// it is complete:
///
///     cache/built/NAME/APP/TAG/{oci-layout,index.json,blobs}
struct PluginBuilder: Builder {
  let name: String
  var program: String { "draft-builder-\(name)" }
  /// The number of layouts kept for one application.
  private static let kept = 5

  func store(_ order: BuildOrder) -> String { "oci:" + place(order) }

  private func parent(_ order: BuildOrder) -> String { "cache/built/\(name)/\(order.app.name)" }
  private func place(_ order: BuildOrder) -> String { "\(order.home.path)/\(parent(order))/\(order.tag)" }

  func find(_ order: BuildOrder) throws -> StoredImage? {
    // Report a missing builder now and not only when something changes.
    guard let path = Child.find(program) else { throw BuildError.noPlugin(name) }
    guard !Child.isStrangers(path) else { throw BuildError.strangersPlugin(path) }
    guard Files.exists(place(order)), let layout = try? ImageLayout(path: place(order)),
      let image = try? PluginBuilder.look(layout, thoroughly: false)
    else { return nil }
    // It is used now, so it is removed last.
    _ = utimes(place(order), nil)
    return image
  }

  func build(_ order: BuildOrder, log: BuildLog) throws {
    let parent = try order.home.directory(parent(order))
    let context = try UnpackedContext(order)
    let output = try Temporary.directory(in: parent)
    defer { Temporary.remove(output) }
    try log.begin(context, order, foreign: nil)
    try log.run([program, "build"], input: request(order, context, output).bytes + [0x0A])

    do { _ = try PluginBuilder.look(try ImageLayout(path: output), thoroughly: true) } catch let error as any Diagnosis
    {
      throw BuildError.badResult(builder: program, reason: error.message, log: log.path)
    }
    Temporary.remove(place(order))
    guard chmod(output, 0o755) == 0, rename(output, place(order)) == 0 else {
      throw SystemError("cannot create '\(place(order))'", errno, code: .cannotCreate)
    }
    Temporary.forget(output)
    // Also the remains of killed builds. The new layout was used just now, so it stays.
    Cache(parent, limit: PluginBuilder.kept, kept: PluginBuilder.kept, idle: 3_600).sweep()
  }

  /// The additional tags are in the record, and the push sets them.
  func tag(_ image: StoredImage, _ order: BuildOrder) throws {}

  private func request(_ order: BuildOrder, _ context: UnpackedContext, _ output: String) -> JSON {
    .members([
      "draft": .integer(Record.version), "app": order.app.json, "context": order.context.json,
      "directory": .string(context.directory),
      "dockerfile": .string(context.dockerfile),
      "arguments": .object(order.arguments.sorted { $0.name < $1.name }.map { ($0.name, .string($0.value)) }),
      "tags": .strings(order.names), "time": .integer(order.time ?? 0), "fresh": .bool(order.fresh),
      "output": .string(output)
    ])
  }

  /// The only image of a layout. `thoroughly`: every blob is checked against its digest; otherwise only its existence.
  static func look(_ layout: ImageLayout, thoroughly: Bool) throws -> StoredImage {
    let descriptor = try layout.resolve()
    let manifest = try layout.manifest(descriptor)
    guard case .image(let config, let layers) = manifest.kind else {
      throw ImageLayoutError.manifest("is an index of several images instead of one")
    }
    for blob in [config] + layers where !blob.isForeign {
      let file = try layout.open(blob)
      if thoroughly { try compare(file, blob, in: layout) }
    }
    return StoredImage(id: config.digest.hex, layers: layers.count, digest: descriptor.digest.description)
  }

  private static func compare(_ file: borrowing OpenFile, _ blob: Descriptor, in layout: ImageLayout) throws {
    guard blob.digest.algorithm == "sha256" else { return }
    guard try Blob.digest(file, name: layout.blob(blob.digest)) == blob.digest else {
      throw ImageLayoutError.damaged(layout.blob(blob.digest), blob.digest)
    }
  }
}
