import Archives
import Command
import Glibc
import OCI
import Records

/// What was packed last of a tree, and how the tree looked then: `tree/KEY`, one JSON line with the facts, then the ``TreeList``.
extension TarballCache {
  /// A context in the cache.
  struct Packed: Equatable {
    /// The tarball, or the index of its parts.
    var result: Tarball.Result
    /// The parts by their numbers, see ``PartWriter``; the tarball itself, when it is not divided.
    var parts: [Int: Tarball.Result]
    var division: Division
    /// `sha256:…`
    var tree: String
    var files: Int
    /// Of what was in the tree before.
    var gone = Gone()
  }

  /// A few hundred bytes an entry: a million entries.
  private static let limit = 1 << 30

  private func note(_ key: String) -> String { directory + "/tree/" + SHA256.digest(Array(key.utf8)).dropFirst(7) }

  /// What was packed last for the key, without the parts that are there no more. A note that is no note counts as none.
  func remembered(key: String) -> (packed: Packed, isWhole: Bool, list: TreeList)? {
    guard let bytes = try? Files.read(note(key), limit: TarballCache.limit), let feed = bytes.firstIndex(of: 0x0A),
      let json = try? JSON(parsing: Array(bytes[..<feed])), let tree = json["tree"]?.string, let files = json["files"]?.integer,
      let small = json["small"]?.integer, let large = json["large"]?.integer, let parts = json["parts"]?.array, isDigest(tree), let list = TreeList(bytes[(feed + 1)...])
    else { return nil }
    var packed = Packed(result: Tarball.Result(path: "", digest: "", size: 0, isNew: false), parts: [:], division: Division(small: small, large: large), tree: tree, files: files), isWhole = true
    var gone: [String: Int] = [:]
    for (name, time) in json["gone"]?.object ?? [] {
      if let time = time.integer, (0..<SourceDate.end).contains(time) { gone[name] = time }
    }
    packed.gone = Gone(gone)
    for part in parts {
      guard let number = part["number"]?.integer, let found = there(part, ".tar") else { isWhole = false; continue }
      packed.parts[number] = found
    }
    let whole = packed.division.count == 1 ? packed.parts[0] : json["index"].flatMap { there($0, ".json") }
    if let whole { packed.result = whole } else { isWhole = false }
    // Used now, so the last to be pruned: the note says so, since touching the files would change their states.
    if isWhole { utimensat(AT_FDCWD, last(key), nil, 0) }
    return (packed, isWhole, list)
  }

  /// Whatever is done to a file changes its change time: one that was damaged since is not believed.
  private func there(_ json: JSON, _ suffix: String) -> Tarball.Result? {
    guard let digest = json["digest"]?.string, let size = json["size"]?.integer, isDigest(digest), let state = TarballCache.state(path(digest, suffix)), json["state"] == state
    else { return nil }
    return Tarball.Result(path: path(digest, suffix), digest: digest, size: size, isNew: false)
  }

  private static func state(_ path: String) -> JSON? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG else { return nil }
    return .array([Int(bitPattern: UInt(status.st_ino)), Int(status.st_size), status.st_ctim.tv_sec, status.st_ctim.tv_nsec].map(JSON.integer))
  }

  /// A memory that cannot be written is one that is not had: the next run reads the tree.
  func remember(key: String, _ packed: Packed, _ list: TreeList) {
    func json(_ result: Tarball.Result, number: Int?) -> JSON {
      .members([
        "number": number.map(JSON.integer), "digest": .string(result.digest), "size": .integer(result.size), "state": TarballCache.state(result.path),
      ])
    }
    let parts = packed.parts.sorted { $0.key < $1.key }
    let head = JSON.members([
      "tree": .string(packed.tree), "files": .integer(packed.files), "small": .integer(packed.division.small), "large": .integer(packed.division.large),
      "index": packed.division.count == 1 ? nil : json(packed.result, number: nil), "parts": .array(parts.map { json($0.value, number: $0.key) }),
      "gone": packed.gone.times.isEmpty ? nil : .object(packed.gone.latest.map { ($0.name, .integer($0.time)) }),
    ])
    let used = ([packed.result.digest] + parts.map(\.value.digest)).joined(separator: "\n")
    try? Files.write(Array(used.utf8), to: last(key), mode: 0o600, durable: false)
    retire(key: key, for: [packed.result.digest] + parts.map(\.value.digest))
    try? Files.write(head.bytes + [0x0A] + list.serialized, to: note(key), mode: 0o600, durable: false)
  }
}
