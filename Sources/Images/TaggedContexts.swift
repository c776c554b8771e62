import Command
import Records
import Settings

/// Of which context the image of a tag is made, for draft-sync to tell what is another since: a record's `context` in `cache/tags/TAG`
/// of the draft home. May be deleted at any time: what is lost costs a build.
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

  /// nil for a tag nobody has built here, and for one that is no tag of ours: it may come from a cluster.
  public func context(_ tag: String) -> Context? {
    guard tag.utf8.count == 40, tag.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else { return nil }
    return cache.read(tag).flatMap { try? JSON(parsing: $0) }.flatMap { try? Context(Fields($0, path: Context.name)) }
  }
}
