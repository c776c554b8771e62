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

  private let directory: String
  private let lock = Lock()
  private var repositories: [Digest: [String]]?

  init(registry: String, home: Home) throws { directory = try home.directory("cache/pushed/" + registry) }

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
    let name = PushMemory.file(repository), isNew = !Files.exists("\(directory)/\(name)")
    try? Files.write(Array(([manifest] + blobs).map { "\($0)\n" }.joined().utf8), to: "\(directory)/\(name)", mode: 0o600, durable: false)
    if isNew { for old in latest().dropFirst(PushMemory.limit) { unlink("\(directory)/\(old)") } }
  }

  private static func file(_ repository: String) -> String { String(repository.map { $0 == "/" ? ":" : $0 }) }

  private func read(_ name: String) -> Known? {
    guard let bytes = try? Files.read("\(directory)/\(name)", limit: 1 << 20), bytes.last == 0x0A else { return nil }
    let lines = bytes.split(separator: 0x0A), digests = lines.compactMap { Digest(String(decoding: $0, as: UTF8.self)) }
    guard let manifest = digests.first, digests.count == lines.count else { return nil }
    return Known(manifest: manifest, blobs: Set(digests.dropFirst()))
  }

  private func latest() -> [String] {
    let times = ((try? Files.list(directory)) ?? []).map { name -> (name: String, time: timespec) in
      var status = stat()
      return (name, stat("\(directory)/\(name)", &status) == 0 ? status.st_mtim : timespec())
    }
    return times.sorted { ($1.time.tv_sec, $1.time.tv_nsec, $0.name) < ($0.time.tv_sec, $0.time.tv_nsec, $1.name) }.map(\.name)
  }

  private func load() -> [Digest: [String]] {
    var all: [Digest: [String]] = [:]
    for name in latest().prefix(PushMemory.limit) {
      let repository = String(name.map { $0 == ":" ? "/" : $0 })
      guard Reference.isRepository(repository), let known = read(name) else { continue }
      for blob in known.blobs { all[blob, default: []].append(repository) }
    }
    return all
  }
}
