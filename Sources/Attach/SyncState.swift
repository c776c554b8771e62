import Archives
import Command
import OCI
import Records
import Settings

/// What the run of a container with a certain id may hold of what was copied into it: in `cache/sync/containers/KEY` of the draft home.
/// May be deleted at any time: into a container of which nothing is known everything is copied.
struct SyncState: Equatable {
  /// More than one while a copy is under way, or when one has failed: then any file may be that of any of them.
  var contexts: [Context]
  /// Whether it may hold anything else besides, since somebody may have copied into it before.
  var isUncertain: Bool
  /// What tells one run of the container from the next; empty before the first copy.
  var start: String

  init(contexts: [Context], isUncertain: Bool = false, start: String = "") {
    self.contexts = contexts
    self.isUncertain = isUncertain
    self.start = start
  }

  private static func cache(_ home: Home) throws -> Cache { try home.cache("sync/containers", limit: 512) }

  private static func name(_ container: String) -> String { String(SHA256.digest(Array(container.utf8)).dropFirst(7)) }

  /// nil when nothing is known.
  init?(container: String, home: Home) {
    guard let bytes = try? SyncState.cache(home).read(SyncState.name(container)), let json = try? JSON(parsing: bytes),
      let list = json["contexts"]?.array, !list.isEmpty
    else { return nil }
    contexts = list.compactMap { try? Context(Fields($0, path: Context.name)) }
    // Of one that cannot be read nobody knows what it has left there.
    guard contexts.count == list.count else { return nil }
    isUncertain = json["uncertain"]?.bool ?? false
    start = json["start"]?.string ?? ""
  }

  func keep(for container: String, home: Home) throws {
    let json: JSON = .members(["contexts": .array(contexts.map(\.json)), "uncertain": isUncertain ? .bool(true) : nil, "start": .string(start)])
    try SyncState.cache(home).put(json.bytes, as: SyncState.name(container))
  }

  /// While the files of another context are on their way.
  func becoming(_ context: Context) -> SyncState {
    SyncState(contexts: contexts.filter { $0.tree != context.tree } + [context], isUncertain: isUncertain, start: start)
  }
}
