import Archives
import Command
import Contexts
import Dockerfiles
import Glibc
import OCI
import Records
import Settings

/// What is in a packed context: each entry with its mode, its time and the digest of its content, in the order of the
/// tarballs, so a directory precedes its contents.
///
/// Each part of the context is read once, and its digest is checked while reading. The list is cached under the digest
/// of the part, in memory too, and holds its own digest, so that a damaged one is ignored:
///
///     cache/trees/HEX.list:  DIGEST NUL  (TYPE SPACE MODE SPACE SIZE SPACE SECONDS SPACE CONTENT SPACE PATH NUL TARGET
///     NUL)*
///
/// TYPE is `f`, `a` for a file that is an archive or compressed (which ADD would unpack), `d` or `l`.
package struct ContextTree: Sendable {
  enum Kind: UInt8, Sendable { case file = 0x66, archive = 0x61, directory = 0x64, link = 0x6C }

  struct Entry: Sendable, Equatable {
    var path: [UInt8]
    var kind: Kind
    var mode: mode_t
    var size: Int
    /// SHA-256 of a file's content, in hex.
    var content: String
    /// The target of a link.
    var target: [UInt8] = []
    /// The part of the context that holds it.
    var part = 0
    /// For a file: its place by ``Division``.
    var place: UInt8 = 0
    /// Its modification time.
    var seconds = 0
  }

  private(set) var entries: [Entry]
  /// The tarballs that hold them.
  let parts: [Payload]
  /// Ignored directories that hold something that is not ignored.
  private(set) var implied: [Entry] = []
  /// The Dockerfile's time, which is also that of its here-documents.
  var written = 0
  var hasImplied: Bool { !implied.isEmpty }

  init(entries: [Entry], parts: [Payload] = []) {
    self.entries = entries
    self.parts = parts
  }

  /// The tree of a context. Throws ``Undivided`` if only a builder can unpack it.
  init(_ context: Payload, home: Home) throws {
    let cache = try TreeNotes.cache(home), parts = try context.parts()
    var lists: [String: [Entry]] = [:], entries: [Entry] = []
    for (number, part) in parts.enumerated() {
      guard access(part.path, R_OK) == 0 else { throw ArchiveError.payloadMissing(path: part.path, errno: errno) }
      let list = try ContextTree.memory.list(part.digest) ?? ContextTree.list(part, in: cache)
      lists[part.digest] = list
      entries += list
      if number > 0 { for index in (entries.count - list.count)..<entries.count { entries[index].part = number } }
    }
    ContextTree.memory.keep(lists)
    self.init(entries: entries, parts: parts)
  }

  /// The lists of the last two contexts, so that a stage that keeps running only reads what is new.
  private static let memory = ListMemory()

  private final class ListMemory: @unchecked Sendable {
    private var last: [String: [Entry]] = [:], before: [String: [Entry]] = [:]
    private let lock = Lock()

    func list(_ digest: String) -> [Entry]? { lock.locked { last[digest] ?? before[digest] } }
    func keep(_ lists: [String: [Entry]]) { lock.locked { (last, before) = (lists, last) } }
  }

  private static func list(_ part: Payload, in cache: Cache) throws -> [Entry] {
    let name = (part.digest.split(separator: ":").last.map(String.init) ?? "none") + ".list"
    if let bytes = cache.read(name, limit: 256 << 20), let entries = read(bytes) {
      cache.use(name)
      return entries
    }
    let entries = try scan(part)
    var list: [UInt8] = []
    for entry in entries {
      let kind = String(UnicodeScalar(entry.kind.rawValue))
      list += Array("\(kind) \(entry.mode) \(entry.size) \(entry.seconds) \(entry.content) ".utf8)
      list += entry.path + [0] + entry.target + [0]
    }
    try cache.put(Array(SHA256.digest(list).utf8) + [0] + list, as: name)
    return entries
  }

  private static func scan(_ context: Payload) throws -> [Entry] {
    let file = try context.open()
    let reader = try TarReader(descriptor: file.descriptor, name: context.path)
    var entries: [Entry] = []
    var seen: Set<[UInt8]> = []
    while let member = try reader.next() {
      let path = PathBytes.cleaned(member.path)
      if path == [0x2E] { continue }
      guard path.first != 0x2F, !path.starts(with: [0x2E, 0x2E]), seen.insert(path).inserted else {
        throw Undivided("the context holds a path twice, or one that points out of it")
      }
      var entry = Entry(path: path, kind: .file, mode: member.mode, size: 0, content: "-")
      // The archive's author is not trusted; a tar header holds 33 bits.
      entry.seconds = min(max(0, member.seconds), (1 << 33) - 1)
      switch member.kind {
      case .directory: entry.kind = .directory
      case .link(let target): (entry.kind, entry.target) = (.link, target)
      case .file:
        (entry.content, entry.kind) = try content(reader, size: member.size);
        (entry.size, entry.place) = (member.size, Division.place(path))
      case .hardLink, .other:
        throw Undivided("the context holds something other than files, directories and symbolic links")
      }
      entries.append(entry)
    }
    let (digest, size) = reader.finish()
    guard digest == context.digest, size == context.size else { throw ArchiveError.payloadDiffers(path: context.path) }
    return entries
  }

  private static func content(_ reader: TarReader, size: Int) throws -> (String, Kind) {
    var hash = SHA256(), done = 0, head: [UInt8] = []
    try ContextTree.pieces(reader, size: size) { piece in
      if head.count < 512 { head += piece.prefix(512 - head.count) }
      hash.update(piece)
      done += piece.count
    }
    let magics: [[UInt8]] = [
      [0x1F, 0x8B], Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD],
      [0x04, 0x22, 0x4D, 0x18], [0x5D, 0, 0], [0x1F, 0x9D]
    ]
    let isArchive =
      magics.contains { head.starts(with: $0) } || (head.count >= 512 && head[257..<262].elementsEqual("ustar".utf8))
      || isOldTar(head)
    return (hash.finish(), isArchive ? .archive : .file)
  }

  /// A tar archive from before ustar has no magic number, but it has a checksum.
  private static func isOldTar(_ head: [UInt8]) -> Bool {
    guard head.count >= 512, head[0] != 0 else { return false }
    let field = head[148..<156].filter { (0x30...0x37).contains($0) }
    guard let want = Int(String(decoding: field, as: UTF8.self), radix: 8) else { return false }
    return head[..<148].reduce(0) { $0 + Int($1) } + 8 * 32 + head[156..<512].reduce(0) { $0 + Int($1) } == want
  }

  /// The content of a member, with holes filled with zeros.
  static func pieces(_ reader: TarReader, size: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var done = 0
    let zeros = [UInt8](repeating: 0, count: 65_536)
    func fill(to end: Int) throws {
      while done < end {
        let count = min(zeros.count, end - done)
        try zeros.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        done += count
      }
    }
    try reader.data { bytes, offset in
      try fill(to: offset)
      try body(bytes)
      done = offset + bytes.count
    }
    try fill(to: size)
  }

  private static func read(_ bytes: [UInt8]) -> [Entry]? {
    guard let end = bytes.firstIndex(of: 0), SHA256.digest(Array(bytes[(end + 1)...])).utf8.elementsEqual(bytes[..<end])
    else { return nil }
    var entries: [Entry] = []
    var at = end + 1
    while at < bytes.count {
      guard let middle = bytes[at...].firstIndex(of: 0), let stop = bytes[(middle + 1)...].firstIndex(of: 0) else {
        return nil
      }
      let fields = bytes[at..<middle].split(separator: 0x20, maxSplits: 5, omittingEmptySubsequences: false)
      guard fields.count == 6, let first = fields[0].first, let kind = Kind(rawValue: first),
        let mode = mode_t(String(decoding: fields[1], as: UTF8.self)),
        let size = Int(String(decoding: fields[2], as: UTF8.self)),
        let seconds = Int(String(decoding: fields[3], as: UTF8.self))
      else { return nil }
      let path = Array(fields[5]), isFile = kind == .file || kind == .archive
      entries.append(
        Entry(
          path: path, kind: kind, mode: mode, size: size, content: String(decoding: fields[4], as: UTF8.self),
          target: Array(bytes[(middle + 1)..<stop]),
          place: isFile ? Division.place(path) : 0, seconds: seconds))
      at = stop + 1
    }
    return entries
  }
}

extension ContextTree {
  /// Removes entries that `.dockerignore` keeps from a COPY although they are in the context: the Dockerfile and the
  /// ignore file are always sent, for the builder to read. Throws ``Undivided`` where builders differ.
  mutating func applyIgnore(directory: String, dockerfile: String, rules: Rules) throws {
    for name in [".containerignore", dockerfile + ".dockerignore", dockerfile + ".containerignore"] {
      let path = Array(name.utf8)
      if entries.contains(where: { $0.path == path }) { throw Undivided("the context holds '\(name)'") }
    }
    let name = Array(".dockerignore".utf8)
    guard let entry = entries.first(where: { $0.path == name }) else { return }
    guard entry.kind == .file, entry.size <= 1 << 20 else { throw Undivided("'.dockerignore' is not a plain file") }
    let bytes = try bytes(of: entry, directory: directory)
    let ignore = try DockerIgnore(bytes, path: ".dockerignore")
    var known: [[UInt8]: DockerIgnore.Matches] = [:], kept: [Entry] = [], ignored: [[UInt8]: Entry] = [:],
      implied: [[UInt8]: Entry] = [:]
    for entry in entries {
      let parent = entry.path.lastIndex(of: 0x2F).map { Array(entry.path[..<$0]) }
      let (isIgnored, matches) = try ignore.ignores(
        entry.path, in: parent.flatMap { known[$0] } ?? DockerIgnore.Matches())
      if entry.kind == .directory { known[entry.path] = matches }
      guard !isIgnored else {
        if entry.kind == .directory { ignored[entry.path] = entry }
        continue
      }
      kept.append(entry)
      var above = parent
      while let path = above, let directory = ignored[path] {
        implied[path] = directory
        above = path.lastIndex(of: 0x2F).map { Array(path[..<$0]) }
      }
    }
    // buildah looks into an ignored directory only for an exception that begins with the directory's name.
    let exceptions = bytes.split(separator: 0x0A).compactMap { line -> [UInt8]? in
      let text = line.drop { $0 == 0x20 || $0 == 0x09 }
      guard text.first == UInt8(ascii: "!") else { return nil }
      return Array(
        PathBytes.cleaned([0x2F] + text.dropFirst().filter { $0 != 0x0D }.drop { $0 == 0x20 || $0 == 0x09 }).dropFirst()
      )
    }
    if rules == .docker, !exceptions.isEmpty {
      throw Undivided("docker's builders differ in what '.dockerignore' excepts")
    }
    for path in implied.keys where !exceptions.contains(where: { $0.starts(with: path + [0x2F]) }) {
      throw Undivided("builders differ in what '.dockerignore' excepts inside '\(PathBytes.text(path))'")
    }
    entries = kept
    self.implied = implied.values.sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  /// The content of one small file. Taken from the application's directory if it is the same there, which is faster
  /// than reading the tarball.
  func bytes(of entry: Entry, directory: String) throws -> [UInt8] {
    if let bytes = try? Files.read(directory + "/" + PathBytes.text(entry.path), limit: 1 << 20),
      SHA256.digest(bytes) == "sha256:" + entry.content
    {
      return bytes
    }
    let part = parts[entry.part]
    let file = try part.open()
    let reader = try TarReader(descriptor: file.descriptor, name: part.path, hashes: false)
    while let member = try reader.next() {
      guard PathBytes.cleaned(member.path) == entry.path else { continue }
      var bytes: [UInt8] = []
      try ContextTree.pieces(reader, size: member.size) { bytes += $0 }
      guard SHA256.digest(bytes) == "sha256:" + entry.content else { break }
      return bytes
    }
    throw ArchiveError.payloadDiffers(path: part.path)
  }

  /// The Dockerfile as it was packed.
  mutating func dockerfile(_ path: String, directory: String) throws -> String {
    let name = Array(path.utf8)
    guard let entry = entries.first(where: { $0.path == name }), entry.kind == .file, entry.size <= 1 << 20 else {
      throw Undivided("the Dockerfile is not a plain file of the context")
    }
    written = entry.seconds
    return String(decoding: try bytes(of: entry, directory: directory), as: UTF8.self)
  }
}
