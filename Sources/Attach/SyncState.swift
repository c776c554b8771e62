import Archives
import Command
import OCI
import Records
import Settings

/// What the run of a container, by its id, may hold of the files copied into it: `cache/sync/containers/KEY` of the
/// draft home. May be deleted at any time: everything is copied into a container without a state.
struct SyncState: Equatable {
  /// More than one during a copy or after a failed one: then each file may be from any of them.
  var contexts: [Context]
  /// Whether it may hold other files too, because something may have copied into it before.
  var isUncertain: Bool
  /// Identifies the run of the container; empty before the first copy.
  var start: String

  init(contexts: [Context], isUncertain: Bool = false, start: String = "") {
    self.contexts = contexts
    self.isUncertain = isUncertain
    self.start = start
  }

  private static func cache(_ home: Home) throws -> Cache { try home.cache("sync/containers", limit: 512) }

  private static func name(_ container: String) -> String { String(SHA256.digest(Array(container.utf8)).dropFirst(7)) }

  /// nil: nothing is known.
  init?(container: String, home: Home) {
    guard let bytes = try? SyncState.cache(home).read(SyncState.name(container)), let json = try? JSON(parsing: bytes),
      let list = json["contexts"]?.array, !list.isEmpty
    else { return nil }
    contexts = list.compactMap { try? Context(Fields($0, path: Context.name)) }
    // A context that cannot be read may have left any file there.
    guard contexts.count == list.count else { return nil }
    isUncertain = json["uncertain"]?.bool ?? false
    start = json["start"]?.string ?? ""
  }

  func keep(for container: String, home: Home) throws {
    let json: JSON = .members([
      "contexts": .array(contexts.map(\.json)), "uncertain": isUncertain ? .bool(true) : nil, "start": .string(start)
    ])
    try SyncState.cache(home).put(json.bytes, as: SyncState.name(container))
  }

  /// The state while files of another context are being copied.
  func becoming(_ context: Context) -> SyncState {
    SyncState(contexts: contexts.filter { $0.tree != context.tree } + [context], isUncertain: isUncertain, start: start)
  }
}
