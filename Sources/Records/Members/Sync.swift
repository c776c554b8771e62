/// `sync`: what draft-sync did about a change, and why. Written by draft-sync; a stage behind it that builds, pushes or releases
/// leaves a line alone whose context has been dealt with.
public struct Sync: Member, Equatable {
  public static let name = "sync"

  public enum How: String, Sendable {
    /// The files are in the containers.
    case sync
    /// The containers have had them already.
    case unchanged
    /// Left to the stages behind.
    case build
  }

  public var how: How
  public var why: String
  /// Of the context this is about: see ``Context/tree``.
  public var tree: String
  public var pods: [String]
  /// How many files and links were copied and how many removed in each container, and how many bytes the archive had.
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

  public init(_ fields: Fields) throws(RecordError) {
    // What a later version does besides is to be built, like all that is not known here.
    how = How(rawValue: try fields.string("how")) ?? .build
    why = try fields.optionalString("why") ?? ""
    tree = try fields.string("tree")
    pods = try fields.optionalStrings("pods") ?? []
    files = try fields.optionalInteger("files") ?? 0
    removed = try fields.optionalInteger("removed") ?? 0
    bytes = try fields.optionalInteger("bytes") ?? 0
  }

  public var json: JSON {
    var json: JSON = .members(["how": .string(how.rawValue), "why": .string(why), "tree": .string(tree)])
    guard how == .sync else { return json }
    json["pods"] = .strings(pods)
    json["files"] = .integer(files)
    json["removed"] = .integer(removed)
    json["bytes"] = .integer(bytes)
    return json
  }
}

extension Record {
  /// Whether draft-sync has dealt with the line's context as it is, so that there is nothing to be built, pushed or released.
  public var isSynced: Bool {
    guard has(Sync.name), let sync = try? member(Sync.self), sync.how != .build, let context = try? member(Context.self) else { return false }
    return context.tree == sync.tree
  }
}
