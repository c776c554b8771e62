import Archives
import Command
import Dockerfiles
import Glibc
import Records
import Settings

/// What a context adds to a container without a builder: the files copied after the last instruction that needs one,
/// and a digest of everything else in the image. If two contexts have the same digest, copying files turns a container
/// of one into one of the other.
public struct ContainerFiles: Sendable {
  /// The tree of the context, see ``Records/Context/tree``.
  public let tree: String
  private let rest: String
  private let files: [[UInt8]: TailEvaluation.Entry]
  private let base: HeadTree
  private let maker: LayerMaker

  /// The changes that turn another context's files into these.
  public struct Changes: Sendable {
    fileprivate var entries: [TailEvaluation.Entry] = []
    /// Absolute paths of existing directories that are written to. No link is on the way to them in the image.
    public fileprivate(set) var directories: [[UInt8]] = []
    /// Absolute paths to remove, a directory after its contents. One that is still needed stays.
    public fileprivate(set) var removed: [[UInt8]] = []

    public var isEmpty: Bool { entries.isEmpty && removed.isEmpty }
    /// The number of files and links to write.
    public var files: Int { entries.count { $0.kind != .directory } }
    /// Absolute paths of everything written or removed.
    public var paths: [[UInt8]] { entries.map { [0x2F] + $0.path } + removed }
    /// `UID:GID` if all that is written has one owner; nil if it has several, and empty if nothing is written.
    public var owner: String? {
      let owners = Set(entries.map { "\($0.user):\($0.group)" })
      return owners.count > 1 ? nil : owners.first ?? ""
    }
  }

  /// Reads a packed context. Builds nothing, and starts no process unless the builder's store has changed.
  /// - Throws: ``NeedsBuild``.
  public init(_ app: App, context: Context, settings: Settings, home: Home, call: Call) throws {
    let order = try BuildOrder(app, context, settings: settings, home: home)
    guard let builder = try Images.builder(named: settings.builder) as? any HeadBuilder else {
      throw NeedsBuild("the builder '\(settings.builder)' builds whole images only")
    }
    let append = Append(order: order, builder: builder, cache: try ImageCache(home), call: call)
    do {
      let (split, tree) = try append.divide()
      var head = Head.nothing, manifest = "scratch"
      if !split.isFromNothing {
        guard
          let known = try HeadMaker(order: order, builder: builder, cache: append.cache, split: split, call: call)
            .known(tree)
        else {
          throw NeedsBuild(
            "the head of the Dockerfile, up to line \(split.head.instructions.last?.lines.upperBound ?? 0), is not "
              + "built yet"
          )
        }
        (head, manifest) = ((known.configuration, known.tree), known.manifest.digest.description)
      }
      let tail = try TailEvaluation(
        split, configuration: head.configuration, tree: head.tree, context: tree,
        arguments: Dictionary(order.arguments.map { ($0.name, $0.value) }) { $1 },
        created: Append.stamp(order.time ?? 0), rules: order.rules)
      var times = GivenTimes(append.cache, repository: order.repository)
      let layers = order.time == nil ? times.give(tail.layers) : tail.layers
      self.init(
        tree: context.tree, rest: ImageCache.key([manifest, String(decoding: tail.configuration.bytes, as: UTF8.self)]),
        entries: layers.flatMap(\.entries), base: head.tree,
        maker: LayerMaker(cache: append.cache, parts: tree.parts, time: order.time, copies: 1, below: 0))
    } catch let undivided as Undivided { throw NeedsBuild(undivided.reason) }
  }

  /// - Parameter entries: in the order of the layers; of those with the same path the last counts.
  init(tree: String, rest: String, entries: [TailEvaluation.Entry], base: HeadTree, maker: LayerMaker) {
    self.tree = tree
    self.rest = rest
    files = Dictionary(entries.map { ($0.path, $0) }) { $1 }
    self.base = base
    self.maker = maker
  }

  /// The changes for a container that may hold any of the others, or parts of them.
  /// - Parameter everything: whether it may hold other content at the paths of these files.
  /// - Throws: ``NeedsBuild`` if more than files differs.
  public func changes(from others: [ContainerFiles], everything: Bool = false) throws(NeedsBuild) -> Changes {
    var changes = Changes(), removed: Set<[UInt8]> = []
    for other in others where other.tree != tree {
      guard other.rest == rest else {
        throw NeedsBuild("more than files have changed: the base image, or the settings of the image in the Dockerfile")
      }
      for (path, old) in other.files {
        if let new = files[path] {
          if new.kind != old.kind, old.kind == .directory || new.kind == .directory { removed.insert(path) }
        } else {
          guard base.node(path) == nil else {
            throw NeedsBuild("'/\(PathBytes.text(path))' is that of the base image again")
          }
          removed.insert(path)
        }
      }
    }
    changes.entries = files.values.filter { new in
      !isBase(new) && (everything || others.contains { $0.files[new.path]?.isSame(as: new) != true })
    }
    .sorted { $0.path.lexicographicallyPrecedes($1.path) }
    let gone = removed.sorted { $1.lexicographicallyPrecedes($0) }
    changes.removed = gone.map { [0x2F] + $0 }
    let parents =
      changes.entries.map { entry in
        // The owner and mode of an existing directory can be set without writing to its parent.
        entry.kind == .directory && others.allSatisfy { $0.files[entry.path]?.kind == .directory }
          ? entry.path : parent(of: entry.path, in: others)
      } + gone.map { path in parent(of: path, in: others) }
    changes.directories = Set(parents).sorted { $0.lexicographicallyPrecedes($1) }.map { [0x2F] + $0 }
    return changes
  }

  /// The nearest directory above a path that surely exists; those in between are created with the path.
  private func parent(of path: [UInt8], in others: [ContainerFiles]) -> [UInt8] {
    var end = path.lastIndex(of: 0x2F) ?? 0
    while end > 0 {
      let above = Array(path[..<end])
      if base.node(above)?.kind == .directory || others.allSatisfy({ $0.files[above]?.kind == .directory }) {
        return above
      }
      end = above.lastIndex(of: 0x2F) ?? 0
    }
    return []
  }

  /// Whether it is an unchanged directory of the base image, which a copy only passes through.
  private func isBase(_ entry: TailEvaluation.Entry) -> Bool {
    guard entry.kind == .directory, let there = base.node(entry.path) else { return false }
    return there.kind == .directory && there.mode == entry.mode && there.user == entry.user
      && there.group == entry.group
  }

  /// Writes the changes as a tar archive, with paths relative to the root. Files have their times in an image, which
  /// are later than before, or else the current time: programs that compare times see a change.
  /// - Returns: the size in bytes.
  public func write(_ changes: Changes, to descriptor: Int32) throws -> Int {
    var size = 0
    let writer = try TarWriter(seconds: time(nil), gzip: false) { bytes in
      try writeAll(bytes, to: descriptor)
      size += bytes.count
    }
    try maker.add(changes.entries, to: writer)
    try writer.finish()
    return size
  }
}

/// The image's name in the chart, without a tag. Throws if it is not a valid reference.
public func imageRepository(_ app: App, settings: Settings) throws -> String { try repository(app, settings) }

/// Why a container cannot be updated by copying.
public struct NeedsBuild: Error, Equatable, Sendable {
  public var why: String
  public init(_ why: String) { self.why = why }
}

extension TailEvaluation.Entry {
  /// Whether it is the same in a container, wherever it comes from.
  fileprivate func isSame(as other: Self) -> Bool {
    kind == other.kind && mode == other.mode && user == other.user && group == other.group && target == other.target
      && size == other.size && content == other.content
  }
}
