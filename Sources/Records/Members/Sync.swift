/// `sync`: what draft-sync did with a change, and why.
public struct Sync: Member, Equatable {
  public static let name = "sync"
  public static let about = About(
    by: "draft-sync", for: "draft-build and later stages",
    "The result of copying a change without a build. If how is sync or unchanged and tree is that of the context of "
      + "the "
      + "record, later stages that build, push, release or run tasks pass the record on unchanged.")

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

  public init(
    how: How, why: String, tree: String, pods: [String] = [], files: Int = 0, removed: Int = 0, bytes: Int = 0
  ) {
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
      "sync: the files were copied; unchanged: the containers already had them; build: the record is left to the build")
    why = try shape.optional("why", \.why, else: "", "the reason, as a sentence")
    tree = try shape.required("tree", \.tree, "the tree of the context")
    let isSync = how == .sync
    pods = try shape.optional("pods", \.pods, else: [], when: isSync, "the pods that files were copied to")
    files = try shape.optional(
      "files", \.files, else: 0, when: isSync, "the largest number of files and links written in one container")
    removed = try shape.optional(
      "removed", \.removed, else: 0, when: isSync, "the number of removed files and directories")
    bytes = try shape.optional("bytes", \.bytes, else: 0, when: isSync, "the size of the archive in bytes")
  }
}

extension Record {
  /// Whether draft-sync has handled the record's context as it is: nothing to build, push or release.
  public var isSynced: Bool {
    guard has(Sync.name), let sync = try? member(Sync.self), sync.how != .build, let context = try? member(Context.self)
    else { return false }
    return context.tree == sync.tree
  }
}
