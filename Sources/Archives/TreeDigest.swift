/// The digest of a tree: SHA-256 over one line per entry, as draft-pack(1) gives it:
///
///     TYPE MODE SPACE CONTENT SPACE PATH NUL
///
/// TYPE is `f`, `d` or `l`; MODE the permission bits as four octal digits, `0777` for a link; CONTENT the SHA-256 of the file's
/// bytes or of the link's target as 64 hex digits, `-` for a directory; PATH the bytes of the relative path. A directory comes
/// before what is in it, and the names in a directory are in the order of their bytes. Times and owners are in none of it.
struct TreeDigest {
  private var hash = SHA256()
  /// How many entries there are.
  private(set) var count = 0

  mutating func file(_ path: [UInt8], mode: UInt32, content: String) { add("f", mode, content, path) }
  mutating func directory(_ path: [UInt8], mode: UInt32) { add("d", mode, "-", path) }
  mutating func link(_ path: [UInt8], to target: [UInt8]) { add("l", 0o777, String(SHA256.digest(target).dropFirst(7)), path) }

  /// `sha256:` and 64 hex digits. The value must not be used after it.
  mutating func finish() -> String { "sha256:" + hash.finish() }

  private mutating func add(_ type: Character, _ mode: UInt32, _ content: String, _ path: [UInt8]) {
    count += 1
    var octal = String(mode & 0o7777, radix: 8)
    while octal.utf8.count < 4 { octal = "0" + octal }
    hash.update(Array("\(type)\(octal) \(content) ".utf8) + path + [0])
  }
}
