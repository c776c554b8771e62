import Archives
import Command
import Dockerfiles
import Glibc
import OCI
import Records
import Settings

/// Makes an image by putting our own layers on a head, if the Dockerfile can be divided (``Split``).
///
/// Everything is taken from the packed context, never from the application's directory. The image is a manifest in the
/// layout `cache/images`; blobs are written first and names last, so that a named image is complete even if we are
/// killed.
struct Append {
  let order: BuildOrder
  let builder: any HeadBuilder
  let cache: ImageCache
  let call: Call

  struct Result {
    var image: StoredImage
    /// `append` or `head+append`.
    var how: String
  }

  /// Divides the Dockerfile, and reads what is in the context. Throws ``Undivided``.
  func divide() throws -> (split: Split, tree: ContextTree) {
    guard environmentVariable("BUILDAH_FORMAT") == nil else {
      throw Undivided("BUILDAH_FORMAT chooses another format of image")
    }
    var tree: ContextTree
    // A context that differs from the record is left to the builder to refuse, if there is anything to build.
    do { tree = try ContextTree(order.context.payload, home: order.home) } catch let error as ArchiveError {
      if error.isLoss { throw error }
      throw Undivided(error.message)
    }
    let text = try tree.dockerfile(order.context.dockerfile, directory: order.app.dir)
    try order.checkImages(text)
    let split: Split
    do { split = try Split(text, order.dockerfiles.parsed(text)) } catch let error as DockerfileError {
      throw Undivided(error.message)
    }
    try tree.applyIgnore(directory: order.app.dir, dockerfile: order.context.dockerfile, rules: order.rules)
    call.debug(
      "the Dockerfile is divided: "
        + (split.isFromNothing
          ? "there is no head, " : "the head ends at line \(split.head.instructions.last?.lines.upperBound ?? 0), ")
        + "\(split.tail.count) instructions follow"
    )
    return (split, tree)
  }

  /// - Parameter log: opened if there is something to build.
  func make(_ split: Split, _ tree: ContextTree, log: () throws -> BuildLog) throws -> Result {
    let given = Dictionary(order.arguments.map { ($0.name, $0.value) }) { $1 }
    let evaluate = { (configuration: JSON?, files: HeadTree) in
      try TailEvaluation(
        split, configuration: configuration, tree: files, context: tree, arguments: given,
        created: Append.stamp(order.time ?? 0), rules: order.rules)
    }
    var head: Head?
    let tail: TailEvaluation
    if split.isFromNothing {
      tail = try evaluate(Head.nothing.configuration, Head.nothing.tree)
    } else {
      let refusals = Refusals(order, dockerfile: split.text, builder: builder)
      var isBuilt = false
      do {
        let maker = HeadMaker(order: order, builder: builder, cache: cache, split: split, call: call)
        let found = try maker.head(tree) {
          // Find out what fails with any head before building one.
          _ = try evaluate(nil, Head.nothing.tree)
          if !order.fresh, let reason = refusals.reason { throw Undivided(reason) }
          isBuilt = true
          return try log()
        }
        tail = try evaluate(found.configuration, found.tree)
        head = found
      } catch let undivided as Undivided {
        if isBuilt { refusals.add(undivided) }
        throw undivided
      }
    }
    let layerMaker = LayerMaker(
      cache: cache, parts: tree.parts, time: order.time, copies: tail.copies,
      below: (head?.layers.count ?? 0) + tail.layers.count - tail.copies)
    var times = GivenTimes(cache, repository: order.repository)
    let dated = order.time == nil ? times.give(tail.layers) : tail.layers
    let copies = try dated.map { try layerMaker.make($0) }, made = copies.flatMap { $0 }
    let words = try log()
    for layer in made where !layer.isKnown { words.write("layer \(layer.blob.digest.short), \(layer.blob.size) bytes") }
    let known = made.count(where: \.isKnown)
    if known > 0 { words.write("\(known) \(known == 1 ? "layer" : "layers") made before") }

    let config = try cache.put(
      tail.configuration(diffIDs: copies.map { $0.map(\.diffID) }).bytes,
      mediaType: "application/vnd.oci.image.config.v1+json")
    let layers = (head?.layers ?? []) + made.map(\.blob)
    let json = JSON.members([
      "schemaVersion": .integer(2), "mediaType": .string(Manifest.ociImage), "config": config.json,
      "layers": .array(layers.map(\.json))
    ])
    let manifest = try cache.put(json.bytes, mediaType: Manifest.ociImage)
    try cache.name(manifest, order)
    times.write()
    return Result(
      image: StoredImage(id: config.digest.hex, layers: layers.count, digest: manifest.digest.description),
      how: head?.isNew == true ? "head+append" : "append")
  }

  /// Seconds since 1970 in RFC 3339.
  static func stamp(_ seconds: Int) -> String {
    var time = time_t(seconds), parts = tm()
    gmtime_r(&time, &parts)
    var text = [CChar](repeating: 0, count: 32)
    strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
