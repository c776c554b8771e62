import Command
import Glibc
import Records

/// What the tree of a tarball looked like: `tree/KEY`, one JSON line with the facts, then the bytes of the ``TreeMemory``.
extension TarballCache {
  struct Facts: Equatable {
    /// `sha256:…`
    var tree: String
    var files: Int
  }

  /// A few hundred bytes an entry: a million entries.
  private static let limit = 1 << 30

  private func note(_ key: String) -> String { directory + "/tree/" + SHA256.digest(Array(key.utf8)).dropFirst(7) }

  /// The tarball made last for the key, if it is still there, and the memory of its tree. A note that is no note counts as none.
  func remembered(key: String, file: String) -> (result: Tarball.Result, facts: Facts, memory: ArraySlice<UInt8>)? {
    guard let bytes = try? Files.read(note(key), limit: TarballCache.limit), let feed = bytes.firstIndex(of: 0x0A),
      let json = try? JSON(parsing: Array(bytes[..<feed])), let tree = json["tree"]?.string, let files = json["files"]?.integer,
      let digest = json["digest"]?.string, let size = json["size"]?.integer, isDigest(digest), isDigest(tree)
    else { return nil }
    let path = path(digest, file)
    // Whatever is done to a file changes its change time: one that was damaged since is not believed.
    guard let state = TarballCache.state(path), json["state"] == state else { return nil }
    // Used now, so the last to be pruned: the note says so, since touching the tarball would change its state.
    utimensat(AT_FDCWD, last(key), nil, 0)
    return (Tarball.Result(path: path, digest: digest, size: size, isNew: false), Facts(tree: tree, files: files), bytes[(feed + 1)...])
  }

  private static func state(_ path: String) -> JSON? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG else { return nil }
    return .array([Int(bitPattern: UInt(status.st_ino)), Int(status.st_size), status.st_ctim.tv_sec, status.st_ctim.tv_nsec].map(JSON.integer))
  }

  /// A memory that cannot be written is one that is not had: the next run reads the tree.
  func remember(key: String, _ result: Tarball.Result, _ facts: Facts, _ memory: TreeMemory) {
    let head = JSON.members([
      "tree": .string(facts.tree), "files": .integer(facts.files), "digest": .string(result.digest), "size": .integer(result.size),
      "state": TarballCache.state(result.path),
    ])
    try? Files.write(head.bytes + [0x0A] + memory.bytes, to: note(key), mode: 0o600)
  }
}
