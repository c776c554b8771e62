import Command
import Records
import Settings

/// The context of each image tag, for draft-sync to find out what has changed since: a record's `context` in
/// `cache/tags/TAG` of the draft home. May be deleted at any time, at the cost of a build.
public struct TaggedContexts: Sendable {
  private let cache: Cache

  public init(_ home: Home) throws { cache = try home.cache("tags", limit: 256) }

  /// - Returns: the tag.
  @discardableResult
  public func remember(_ context: Context, settings: Settings) throws -> String {
    let tag = imageTag(tree: context.tree, dockerfile: context.dockerfile, arguments: settings.buildArguments)
    try cache.put(context.json.bytes, as: tag)
    return tag
  }

  /// nil for a tag that was not built here, or is not one of ours: it may come from a cluster.
  public func context(_ tag: String) -> Context? {
    guard tag.utf8.count == 40, tag.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
      return nil
    }
    return cache.read(tag).flatMap { try? JSON(parsing: $0) }.flatMap { try? Context(Fields($0, path: Context.name)) }
  }
}
