import Archives
import Command
import Glibc
import Records
import Settings

/// Makes an image by putting layers of our own on a head, where the Dockerfile can be divided so (``Split``).
///
/// Everything is taken from the packed context, never from the application's directory. The image is a manifest in the layout
/// `cache/images`; blobs come first and the names last, so that what is found is whole, wherever we were killed.
struct Append {
  let order: BuildOrder
  let builder: ContainersBuilder
  let cache: ImageCache
  let call: Call

  struct Result {
    var image: StoredImage
    /// `append` or `head+append`.
    var how: String
  }

  /// The Dockerfile in two, and what is in the context. Throws ``Undivided``.
  func divide() throws -> (split: Split, tree: ContextTree) {
    guard environmentVariable("BUILDAH_FORMAT") == nil else { throw Undivided("BUILDAH_FORMAT is set") }
    var tree: ContextTree
    // A context that is not what the record says is the builder's to refuse, if there is anything to build.
    do { tree = try ContextTree(order.context.payload, home: order.home) } catch let error as ArchiveError { throw Undivided(error.message) }
    let text = try tree.dockerfile(order.context.dockerfile, in: order.context.payload, directory: order.app.dir)
    let split: Split
    do { split = try Split(text) } catch let error as DockerfileError { throw Undivided(error.message) }
    try tree.applyIgnore(in: order.context.payload, directory: order.app.dir, dockerfile: order.context.dockerfile)
    return (split, tree)
  }

  /// - Parameter log: opened when there is something to build.
  func make(_ split: Split, _ tree: ContextTree, log: () throws -> BuildLog) throws -> Result {
    let maker = HeadMaker(order: order, builder: builder, cache: cache, split: split, call: call)
    let head = try maker.head(tree, log: log)
    let given = Dictionary(order.arguments.map { ($0.name, $0.value) }) { $1 }
    let tail = try TailEvaluation(
      split, configuration: head.configuration, tree: head.tree, context: tree, arguments: given, created: Append.stamp(order.time))
    let layerMaker = LayerMaker(cache: cache, context: order.context.payload, time: order.time)
    let made = try tail.layers.map { try layerMaker.make($0) }
    let words = try log()
    for layer in made { words.write("layer \(layer.blob.digest.short), \(layer.blob.size) bytes\(layer.isKnown ? ", made before" : "")") }

    let config = try cache.put(tail.configuration(diffIDs: made.map(\.diffID)).bytes, mediaType: "application/vnd.oci.image.config.v1+json")
    let layers = head.layers + made.map(\.blob)
    let json = JSON.members([
      "schemaVersion": .integer(2), "mediaType": .string(Manifest.ociImage), "config": config.json, "layers": .array(layers.map(\.json)),
    ])
    let manifest = try cache.put(json.bytes, mediaType: Manifest.ociImage)
    try cache.name(manifest, order)
    return Result(
      image: StoredImage(id: config.digest.hex, layers: layers.count, digest: manifest.digest.description), how: head.isNew ? "head+append" : "append")
  }

  /// Seconds since 1970 as RFC 3339 has them.
  static func stamp(_ seconds: Int) -> String {
    var time = time_t(seconds), parts = tm()
    gmtime_r(&time, &parts)
    var text = [CChar](repeating: 0, count: 32)
    strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
