import Archives
import Command
import Dockerfiles
import Glibc
import OCI
import Records
import Settings

/// The head of a divided Dockerfile: an image built by a builder, exported once and kept, and what is known about its
/// file system.
///
/// It is found by a key over its inputs: its instructions, the build arguments, the content of each file it copies, and
/// the builder with its store. The current base images are an input too, without a query each time: the note about a
/// head holds their ids and the state of the store's list of images, and the ids are only asked for again when that
/// list has changed.
struct Head: Sendable {
  var manifest: Descriptor
  var layers: [Descriptor]
  var configuration: JSON
  var tree: HeadTree
  /// Whether it was built this time.
  var isNew: Bool

  /// `FROM scratch`, as buildah starts it.
  static let nothing: (configuration: JSON, tree: HeadTree) = {
    #if arch(arm64)
      let machine = "arm64"
    #else
      let machine = "amd64"
    #endif
    let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return (
      JSON.members([
        "created": .string(""), "architecture": .string(machine), "os": .string("linux"),
        "config": .members(["Env": .strings([path])]),
        "rootfs": .members(["type": .string("layers"), "diff_ids": .array([])]), "history": .array([])
      ]), HeadTree(records: [])
    )
  }()
}

struct HeadMaker {
  let order: BuildOrder
  let builder: any HeadBuilder
  let cache: ImageCache
  let split: Split
  let call: Call
  /// The number of heads of one application kept in the builder's store.
  private static let kept = 4

  /// The existing head; nil if it has to be built.
  func known(_ context: ContextTree) throws -> Head? {
    try known(ImageCache.key(try parts(context)), ImageLayout(blobsOf: cache.path))
  }

  private func known(_ key: String, _ layout: ImageLayout) throws -> Head? {
    guard !order.fresh, let manifest = cache.noted("heads/" + key), cache.whole(manifest, layout) != nil,
      try isCurrent(key, manifest)
    else { return nil }
    return try load(manifest, layout, isNew: false)
  }

  /// - Parameter log: opened if there is something to build.
  func head(_ context: ContextTree, log: () throws -> BuildLog) throws -> Head {
    let key = ImageCache.key(try parts(context))
    let layout = ImageLayout(blobsOf: cache.path)
    if let head = try known(key, layout) { return head }
    let known = try ids()
    if known.contains(where: \.triggers) { throw Undivided("the base image has ONBUILD instructions") }

    let name = "localhost/draft-head:" + key.prefix(40), log = try log()
    for base in known where base.id == nil { try builder.fetch(base.name, log: log) }
    let unpacked = try UnpackedContext(order)
    let dockerfile = unpacked.directory + ".head"
    try Files.write(Array(split.headText.utf8), to: dockerfile, durable: false)
    defer { unlink(dockerfile) }
    try builder.build(order, unpacked, dockerfile: dockerfile, names: [name], log: log)
    guard let built = try builder.find(name) else {
      throw BuildError.noImage(builder: builder.program, name: name, log: log.path)
    }
    guard built.layers > 0 || order.rules != .docker else {
      throw Undivided("the head has no layer, and docker cannot save an image without one")
    }
    // Read the list before the ids, so that a change in between causes another query.
    let list = try store(), bases = try ids()
    guard bases.allSatisfy({ $0.id != nil && !$0.triggers }) else {
      throw Undivided("the builder's store does not identify the base image")
    }
    let manifest = try cache.image(built) { incoming in try builder.export(built, to: incoming) }.manifest
    let head = try load(manifest, layout, isNew: true)
    try remember(manifest, bases, list, at: key)
    retire(but: String(key.prefix(40)))
    return head
  }

  // MARK: the key

  private func parts(_ context: ContextTree) throws -> [String] {
    let time = order.time.map(String.init) ?? "own"
    var parts = ["draft head 1", builder.program, split.headText, time, try content(context)]
    for (name, value) in order.arguments.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      parts += [name, value]
    }
    for name in builder.variables { parts.append("\(name)=\(environmentVariable(name) ?? "")") }
    return parts
  }

  /// A digest over the files that the head's instructions copy. Throws ``Undivided`` if that is nearly everything.
  private func content(_ context: ContextTree) throws -> String {
    var hash = SHA256()
    for instruction in split.head.instructions {
      let line = "line \(instruction.lines.lowerBound)"
      switch instruction.name {
      case "RUN":
        for mount in instruction.flags where mount.name == "mount" {
          let options = mount.value.split(separator: ",")
          let isBound = !options.contains { $0.hasPrefix("type=") } || options.contains("type=bind")
          if isBound, !options.contains(where: { $0.hasPrefix("from=") }) {
            throw Undivided("\(line): RUN mounts the context, so any file may change what it does")
          }
        }
      case "COPY", "ADD":
        guard !instruction.flags.contains(where: { $0.name == "from" }) else { continue }
        guard !instruction.text.contains("$"), !instruction.text.contains("://"), !instruction.text.contains("git@")
        else {
          throw Undivided(
            "\(line): \(instruction.name) copies files that only the builder can name, before the last line that "
              + "needs it"
          )
        }
        let words = instruction.list ?? DockerfileWords.split(instruction.text, escape: split.escape)
        guard !instruction.text.contains(where: { "\"'".contains($0) }) || instruction.list != nil else {
          throw Undivided("\(line): builders read quotes in it differently")
        }
        for source in words.dropLast()
        where instruction.heredocs.isEmpty || !DockerfileLines.announcesHeredoc(source, escape: split.escape) {
          let found = try context.matches(source)
          if found.contains(where: \.path.isEmpty) || source == "*" {
            throw Undivided("\(line): the whole context is copied before the last line that needs the builder")
          }
          hash.update("\(source.utf8.count):\(source)")
          for top in found {
            for entry in context.entries
            where entry.path == top.path || (top.kind == .directory && entry.path.starts(with: top.path + [0x2F])) {
              hash.update(
                Array("\(entry.kind.rawValue) \(entry.mode) \(entry.content) ".utf8) + entry.path + [0] + entry.target
                  + [0])
            }
            if top.kind == .link {
              throw Undivided("\(line): '\(source)' is a symbolic link, before the last line that needs the builder")
            }
          }
        }
      default: break
      }
    }
    return hash.finish()
  }

  // MARK: the base images

  private struct Base {
    var name: String
    var id: String?
    var triggers: Bool
  }

  private func names() throws -> [String] {
    let given = Dictionary(order.arguments.map { ($0.name, $0.value) }) { $1 }
    return try split.head.images(arguments: given)
  }

  /// The base images in the store; without an id if the store lacks one.
  private func ids() throws -> [Base] {
    try names().map { name in
      let found = try builder.base(name)
      return Base(name: name, id: found?.id, triggers: found?.hasTriggers ?? false)
    }
  }

  /// The state of the file in which the store lists its images; each change replaces the file.
  private func state(of file: String) -> String? {
    var status = stat()
    guard stat(file, &status) == 0 else { return nil }
    return
      "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) "
      + "\(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
  }

  private func store() throws -> (file: String, state: String)? {
    guard let file = try builder.list(), let state = state(of: file) else { return nil }
    return (file, state)
  }

  private func remember(_ manifest: Descriptor, _ bases: [Base], _ list: (file: String, state: String)?, at key: String)
    throws
  {
    var note = manifest.json
    note["bases"] = .object(bases.map { ($0.name, .string($0.id ?? "")) })
    note["list"] = list.map { .string($0.file) }
    note["state"] = list.map { .string($0.state) }
    try Files.write(note.bytes, to: "\(cache.path)/heads/\(key)", durable: false)
  }

  /// Whether the base images are those the head was built on.
  private func isCurrent(_ key: String, _ manifest: Descriptor) throws -> Bool {
    let place = "\(cache.path)/heads/\(key)"
    guard let note = try? JSON(parsing: try Files.read(place, limit: 65_536)), let known = note["bases"]?.object else {
      return false
    }
    guard !known.isEmpty else { return true }
    if let file = note["list"]?.string, let old = note["state"]?.string, state(of: file) == old { return true }
    let list = note["list"]?.string.flatMap { file in state(of: file).map { (file, $0) } }
    let bases = try ids()
    guard bases.count == known.count,
      zip(bases, known).allSatisfy({ $0.name == $1.name && $0.id != nil && $0.id == $1.value.string && !$0.triggers })
    else { return false }
    try remember(manifest, bases, list, at: key)
    return true
  }

  // MARK: the cache

  private func load(_ descriptor: Descriptor, _ layout: ImageLayout, isNew: Bool) throws -> Head {
    let manifest = try layout.manifest(descriptor)
    guard case .image(let config, let layers) = manifest.kind else { throw Undivided("the head is not a single image") }
    if let head = HeadMaker.memory.head(descriptor.digest) {
      return Head(
        manifest: descriptor, layers: layers, configuration: head.configuration, tree: head.tree, isNew: isNew)
    }
    let configuration = try JSON(parsing: try layout.read(config))
    let place = "\(cache.path)/fs/\(descriptor.digest.hex)"
    if !Files.exists(place) { try HeadTree.write(layers, of: layout, to: place) }
    var tree = HeadTree(place)
    if tree == nil {
      try HeadTree.write(layers, of: layout, to: place)
      tree = HeadTree(place)
    }
    guard let tree else { throw Undivided("the head's file system cannot be read") }
    let head = Head(manifest: descriptor, layers: layers, configuration: configuration, tree: tree, isNew: isNew)
    HeadMaker.memory.keep(head)
    return head
  }

  /// Removes the application's older heads from the builder's store; its build cache needs only the newer ones.
  private func retire(but newest: String) {
    guard let directory = try? order.home.directory("cache/heads") else { return }
    let place = directory + "/" + order.app.name
    var keys = ((try? Files.readText(place, limit: 65_536)) ?? "").lines.map(String.init).filter {
      $0 != newest && Digest("sha256:\($0)\(String(repeating: "0", count: 24))") != nil
    }
    keys.append(newest)
    for old in keys.dropLast(HeadMaker.kept) { builder.remove("localhost/draft-head:" + old) }
    try? Files.write(Array(keys.suffix(HeadMaker.kept).joined(separator: "\n").utf8), to: place, durable: false)
  }

  /// What a stage that keeps running need not read again.
  private static let memory = HeadMemory()
}

/// The heads read last.
private final class HeadMemory: @unchecked Sendable {
  private var heads: [Head] = []
  private let lock = Lock()

  func head(_ digest: Digest) -> Head? { lock.locked { heads.first { $0.manifest.digest == digest } } }
  func keep(_ head: Head) { lock.locked { heads = (heads + [head]).suffix(4) } }
}
