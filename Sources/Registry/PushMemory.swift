import Command
import Glibc
import Images
import OCI
import Settings

/// What was last pushed to each repository of a registry: the manifest and its blobs. A manifest that is still there
/// vouches for its blobs, so one query replaces one for each blob; and blobs of another repository can be mounted from
/// there. Both are confirmed by the registry.
///
///     cache/pushed/HOST/NAME   the digests, the manifest's first, one on a line; in NAME a `:` for each `/` of the
///     repository
///
/// Safe to delete at any time.
final class PushMemory: @unchecked Sendable {
  /// The number of repositories remembered for one registry.
  static let limit = 256

  struct Known: Equatable {
    var manifest: Digest
    var blobs: Set<Digest>
  }

  private let cache: Cache
  private let lock = Lock()
  private var repositories: [Digest: [String]]?

  init(registry: String, home: Home) throws {
    cache = try home.cache("pushed/" + registry, limit: PushMemory.limit, kept: PushMemory.limit)
  }

  /// What the repository last had, as far as is known.
  func known(of repository: String) -> Known? { read(PushMemory.file(repository)) }

  /// At most two repositories that had the blob, the latest first.
  func candidates(for digest: Digest, notIn repository: String) -> [String] {
    lock.locked {
      let all = repositories ?? load()
      repositories = all
      return Array((all[digest] ?? []).filter { $0 != repository }.prefix(2))
    }
  }

  /// Failing to write the note does not fail the push.
  func remember(_ manifest: Digest, _ blobs: [Digest], in repository: String) {
    try? cache.put(Array(([manifest] + blobs).map { "\($0)\n" }.joined().utf8), as: PushMemory.file(repository))
  }

  private static func file(_ repository: String) -> String { String(repository.map { $0 == "/" ? ":" : $0 }) }

  private func read(_ name: String) -> Known? {
    guard let bytes = cache.read(name), bytes.last == 0x0A else { return nil }
    let lines = bytes.split(separator: 0x0A), digests = lines.compactMap { Digest(String(decoding: $0, as: UTF8.self)) }
    guard let manifest = digests.first, digests.count == lines.count else { return nil }
    return Known(manifest: manifest, blobs: Set(digests.dropFirst()))
  }

  private func load() -> [Digest: [String]] {
    var all: [Digest: [String]] = [:]
    for name in cache.latest().prefix(PushMemory.limit).map(\.name) {
      let repository = String(name.map { $0 == ":" ? "/" : $0 })
      guard Reference.isRepository(repository), let known = read(name) else { continue }
      for blob in known.blobs { all[blob, default: []].append(repository) }
    }
    return all
  }
}
