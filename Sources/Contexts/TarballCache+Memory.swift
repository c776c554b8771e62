import Archives
import Command
import Glibc
import OCI
import Records

/// The memory of what was packed last from a tree, and of the tree: `tree/KEY`, a JSON line, then the ``TreeList``.
extension TarballCache {
  /// A context in the cache.
  struct Packed: Equatable {
    /// The tarball, or the index of its parts.
    var result: Tarball.Result
    /// The parts by number, see ``PartWriter``; if it is not divided, the tarball itself.
    var parts: [Int: Tarball.Result]
    var division: Division
    /// `sha256:…`
    var tree: String
    var files: Int
    /// Times of files that are no longer in the tree.
    var gone = Gone()
  }

  /// In bytes; an entry takes a few hundred, so this is enough for a million.
  private static let limit = 1 << 30

  private func note(_ key: String) -> String { directory + "/tree/" + SHA256.digest(Array(key.utf8)).dropFirst(7) }

  /// What was packed last for the key, without parts that no longer exist; nil if the note is missing or invalid.
  func remembered(key: String) -> (packed: Packed, isWhole: Bool, list: TreeList)? {
    guard let bytes = try? Files.read(note(key), limit: TarballCache.limit), let feed = bytes.firstIndex(of: 0x0A),
      let json = try? JSON(parsing: Array(bytes[..<feed])), let tree = json["tree"]?.string,
      let files = json["files"]?.integer,
      let small = json["small"]?.integer, let large = json["large"]?.integer, let parts = json["parts"]?.array,
      isDigest(tree), let list = TreeList(bytes[(feed + 1)...])
    else { return nil }
    var
      packed = Packed(
        result: Tarball.Result(path: "", digest: "", size: 0, isNew: false), parts: [:],
        division: Division(small: small, large: large), tree: tree, files: files), isWhole = true
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
    // Mark it as used, for pruning. This touches a note, since touching the files would change their recorded state.
    if isWhole { utimensat(AT_FDCWD, last(key), nil, 0) }
    return (packed, isWhole, list)
  }

  /// Finds a file by its recorded state. Every change of a file moves its change time, so a damaged one is not used.
  private func there(_ json: JSON, _ suffix: String) -> Tarball.Result? {
    guard let digest = json["digest"]?.string, let size = json["size"]?.integer, isDigest(digest),
      let state = TarballCache.state(path(digest, suffix)), json["state"] == state
    else { return nil }
    return Tarball.Result(path: path(digest, suffix), digest: digest, size: size, isNew: false)
  }

  private static func state(_ path: String) -> JSON? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG else { return nil }
    return .array(
      [Int(bitPattern: UInt(status.st_ino)), Int(status.st_size), status.st_ctim.tv_sec, status.st_ctim.tv_nsec].map(
        JSON.integer))
  }

  /// Writes the memory. If that fails, the next run reads the whole tree.
  func remember(key: String, _ packed: Packed, _ list: TreeList) {
    func json(_ result: Tarball.Result, number: Int?) -> JSON {
      .members([
        "number": number.map(JSON.integer), "digest": .string(result.digest), "size": .integer(result.size),
        "state": TarballCache.state(result.path)
      ])
    }
    let parts = packed.parts.sorted { $0.key < $1.key }
    let head = JSON.members([
      "tree": .string(packed.tree), "files": .integer(packed.files), "small": .integer(packed.division.small),
      "large": .integer(packed.division.large),
      "index": packed.division.count == 1 ? nil : json(packed.result, number: nil),
      "parts": .array(parts.map { json($0.value, number: $0.key) }),
      "gone": packed.gone.times.isEmpty ? nil : .object(packed.gone.latest.map { ($0.name, .integer($0.time)) })
    ])
    let used = ([packed.result.digest] + parts.map(\.value.digest)).joined(separator: "\n")
    try? Files.write(Array(used.utf8), to: last(key), mode: 0o600, durable: false)
    retire(key: key, for: [packed.result.digest] + parts.map(\.value.digest))
    try? Files.write(head.bytes + [0x0A] + list.serialized, to: note(key), mode: 0o600, durable: false)
  }
}
