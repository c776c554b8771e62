import OCI

/// The digest of a tree: SHA-256 over one line per entry, as described in draft-pack(1):
///
///     TYPE MODE SPACE CONTENT SPACE PATH NUL
///
/// TYPE is `f`, `d` or `l`; MODE is the permission bits as four octal digits, `0777` for a link; CONTENT is the SHA-256
/// of the file's bytes or the link's target as 64 hex digits, or `-` for a directory; PATH is the bytes of the relative
/// path. A directory precedes its contents, and the names in a directory are in byte order. Times and owners are not
/// included.
struct TreeDigest {
  private var hash = SHA256()
  private var line: [UInt8] = []
  /// The number of entries.
  private(set) var count = 0

  mutating func file(_ path: some Collection<UInt8>, mode: UInt32, content: String) { add("f", mode, content, path) }
  mutating func directory(_ path: some Collection<UInt8>, mode: UInt32) { add("d", mode, "-", path) }
  mutating func link(_ path: some Collection<UInt8>, to target: some Collection<UInt8>) {
    add("l", 0o777, String(SHA256.digest(Array(target)).dropFirst(7)), path)
  }

  /// `sha256:` and 64 hex digits. Ends the digest: do not use the value afterwards.
  mutating func finish() -> String { "sha256:" + hash.finish() }

  private mutating func add(_ type: Unicode.Scalar, _ mode: UInt32, _ content: String, _ path: some Collection<UInt8>) {
    count += 1
    line.removeAll(keepingCapacity: true)
    line.append(UInt8(ascii: type))
    for shift in [9, 6, 3, 0] { line.append(UInt8(0x30 + mode >> UInt32(shift) & 7)) }
    line.append(0x20)
    line += content.utf8
    line.append(0x20)
    line += path
    line.append(0)
    hash.update(line)
  }
}

extension TreeList {
  /// The digest of the tree; the contents of all files must be known.
  func digest() -> (tree: String, files: Int) {
    var digest = TreeDigest()
    for (index, entry) in entries.enumerated() {
      switch entry.kind {
      case .file: digest.file(path(index), mode: entry.facts.mode, content: Content(entry.content).hex)
      case .directory: digest.directory(path(index), mode: entry.facts.mode)
      case .link: digest.link(path(index), to: target(index))
      }
    }
    return (digest.finish(), digest.count)
  }
}
