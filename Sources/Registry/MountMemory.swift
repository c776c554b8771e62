import Command
import Images
import Settings

/// Which repositories of a registry had a blob when we last pushed it, so that it can be mounted from there. The registry has the
/// last word: what it no longer has is uploaded.
///
/// One text file per registry in the draft home, `DIGEST REPOSITORY` on each line, the latest last; safe to delete at any time.
final class MountMemory: @unchecked Sendable {
  /// Lines kept: about 400 KB.
  static let limit = 4096

  private let path: String
  private let lock = Lock()
  private var lines: [(digest: Digest, repository: String)]?

  init(registry: String, home: Home) throws { path = try home.directory("cache/mounts") + "/" + registry }

  private func load() -> [(digest: Digest, repository: String)] {
    if let lines { return lines }
    let text = (try? Files.readText(path, limit: 4 << 20)) ?? ""
    let read = text.split(separator: "\n").compactMap { line -> (digest: Digest, repository: String)? in
      let words = line.split(separator: " ")
      guard words.count == 2, let digest = Digest(String(words[0])), Reference.isRepository(String(words[1])) else { return nil }
      return (digest, String(words[1]))
    }
    lines = read
    return read
  }

  /// At most two repositories, the latest first.
  func candidates(for digest: Digest, notIn repository: String) -> [String] {
    lock.locked { Array(load().reversed().filter { $0.digest == digest && $0.repository != repository }.map(\.repository).prefix(2)) }
  }

  /// Notes that the repository has these blobs. A note that cannot be written is no failure of the push.
  func remember(_ digests: [Digest], in repository: String) {
    lock.locked {
      let old = load()
      let new = Set(digests)
      let kept = old.filter { $0.repository != repository || !new.contains($0.digest) }
      let all = (kept + digests.map { ($0, repository) }).suffix(MountMemory.limit)
      try? Files.write(Array(all.map { "\($0.digest) \($0.repository)\n" }.joined().utf8), to: path, mode: 0o600)
      lines = Array(all)
    }
  }
}
