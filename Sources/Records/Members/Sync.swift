/// `sync`: what draft-sync did with a change, and why.
public struct Sync: Member, Equatable {
  public static let name = "sync"
  public static let about = About(
    by: "draft-sync", for: "draft-build and those behind it",
    "What became of a change without a build. A stage behind draft-sync that builds, pushes, releases or does what comes "
      + "after that passes the line on as it is when how is sync or unchanged and tree is that of the line's context.")

  /// What was done with the change.
  public enum How: String, CaseIterable, Sendable {
    /// The files were copied into the containers.
    case sync
    /// The containers already had the files.
    case unchanged
    /// Left to the later stages.
    case build
  }

  public var how: How
  public var why: String
  /// The tree digest of the context: see ``Context/tree``.
  public var tree: String
  public var pods: [String]
  public var files: Int
  public var removed: Int
  public var bytes: Int

  public init(how: How, why: String, tree: String, pods: [String] = [], files: Int = 0, removed: Int = 0, bytes: Int = 0) {
    self.how = how
    self.why = why
    self.tree = tree
    self.pods = pods
    self.files = files
    self.removed = removed
    self.bytes = bytes
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    // An action of a later version counts as a build, like everything unknown here.
    how = try shape.required(
      "how", \.how, unknown: .build,
      "sync: the files are in the containers; unchanged: they had them; build: left to the stages behind")
    why = try shape.optional("why", \.why, else: "", "in a sentence")
    tree = try shape.required("tree", \.tree, "of the context it is about")
    let isSync = how == .sync
    pods = try shape.optional("pods", \.pods, else: [], when: isSync, "those whose containers got files")
    files = try shape.optional(
      "files", \.files, else: 0, when: isSync, "how many files and links were written in a container, at most")
    removed = try shape.optional(
      "removed", \.removed, else: 0, when: isSync, "how many were removed, directories among them")
    bytes = try shape.optional("bytes", \.bytes, else: 0, when: isSync, "of the archive")
  }
}

extension Record {
  /// Whether draft-sync has handled the line's context as it is: nothing to build, push or release.
  public var isSynced: Bool {
    guard has(Sync.name), let sync = try? member(Sync.self), sync.how != .build, let context = try? member(Context.self) else { return false }
    return context.tree == sync.tree
  }
}
