import Archives
import Command
import Glibc
import Records
import Settings

/// What is in a packed context: each entry with its mode and the digest of its content, in the order of the tarball.
///
/// The tarball is read through once, and compared with its digest on the way. The list is kept beside, under the digest of the
/// tarball, and holds its own digest, so that a damaged one counts for nothing:
///
///     cache/trees/HEX:  DIGEST NUL  (TYPE SPACE MODE SPACE SIZE SPACE CONTENT SPACE PATH NUL TARGET NUL)*
///
/// TYPE is `f`, `a` for a file that is an archive or compressed (what ADD would unpack), `d` or `l`.
struct ContextTree: Sendable {
  enum Kind: UInt8, Sendable { case file = 0x66, archive = 0x61, directory = 0x64, link = 0x6C }

  struct Entry: Sendable, Equatable {
    var path: [UInt8]
    var kind: Kind
    var mode: mode_t
    var size: Int
    /// SHA-256 of a file's content, in hex.
    var content: String
    /// Of a link.
    var target: [UInt8] = []
  }

  private(set) var entries: [Entry]

  init(entries: [Entry]) { self.entries = entries }

  /// The tree of a context. Throws ``Undivided`` for one that only a builder may unpack.
  init(_ context: Payload, home: Home) throws {
    let directory = try home.directory("cache/trees")
    let place = directory + "/" + (context.digest.split(separator: ":").last.map(String.init) ?? "none")
    if let entries = ContextTree.read(place), access(context.path, R_OK) == 0 {
      _ = utimes(place, nil)
      self.entries = entries
      return
    }
    entries = try ContextTree.scan(context)
    var list: [UInt8] = []
    for entry in entries {
      list += Array("\(String(UnicodeScalar(entry.kind.rawValue))) \(entry.mode) \(entry.size) \(entry.content) ".utf8) + entry.path + [0] + entry.target + [0]
    }
    try Files.write(Array(SHA256.digest(list).utf8) + [0] + list, to: place)
    ContextTree.prune(directory)
  }

  private static func scan(_ context: Payload) throws -> [Entry] {
    let descriptor = open(context.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ArchiveError.payloadMissing(path: context.path, errno: errno) }
    defer { close(descriptor) }
    flock(descriptor, LOCK_SH)
    let reader = try TarReader(descriptor: descriptor, name: context.path)
    var entries: [Entry] = []
    var seen: Set<[UInt8]> = []
    while let member = try reader.next() {
      let path = PathBytes.cleaned(member.path)
      if path == [0x2E] { continue }
      guard path.first != 0x2F, !path.starts(with: [0x2E, 0x2E]), seen.insert(path).inserted else { throw Undivided("the context holds a path twice, or one that leads out") }
      var entry = Entry(path: path, kind: .file, mode: member.mode, size: 0, content: "-")
      switch member.kind {
      case .directory: entry.kind = .directory
      case .link(let target): (entry.kind, entry.target) = (.link, target)
      case .file: (entry.content, entry.kind) = try content(reader, size: member.size); entry.size = member.size
      case .hardLink, .other: throw Undivided("the context holds what is no file, directory or symbolic link")
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
    let magics: [[UInt8]] = [[0x1F, 0x8B], Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD], [0x04, 0x22, 0x4D, 0x18], [0x5D, 0, 0], [0x1F, 0x9D]]
    let isArchive = magics.contains { head.starts(with: $0) } || (head.count >= 512 && head[257..<262].elementsEqual("ustar".utf8)) || isOldTar(head)
    return (hash.finish(), isArchive ? .archive : .file)
  }

  /// A tar archive from before ustar has no magic number, but a checksum.
  private static func isOldTar(_ head: [UInt8]) -> Bool {
    guard head.count >= 512, head[0] != 0 else { return false }
    let field = head[148..<156].filter { (0x30...0x37).contains($0) }
    guard let want = Int(String(decoding: field, as: UTF8.self), radix: 8) else { return false }
    return head[..<148].reduce(0) { $0 + Int($1) } + 8 * 32 + head[156..<512].reduce(0) { $0 + Int($1) } == want
  }

  /// The content of a member with the holes filled in.
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

  private static func read(_ place: String) -> [Entry]? {
    guard let bytes = try? Files.read(place, limit: 256 << 20), let end = bytes.firstIndex(of: 0),
      SHA256.digest(Array(bytes[(end + 1)...])).utf8.elementsEqual(bytes[..<end])
    else { return nil }
    var entries: [Entry] = []
    var at = end + 1
    while at < bytes.count {
      guard let middle = bytes[at...].firstIndex(of: 0), let stop = bytes[(middle + 1)...].firstIndex(of: 0) else { return nil }
      let fields = bytes[at..<middle].split(separator: 0x20, maxSplits: 4, omittingEmptySubsequences: false)
      guard fields.count == 5, let first = fields[0].first, let kind = Kind(rawValue: first), let mode = mode_t(String(decoding: fields[1], as: UTF8.self)),
        let size = Int(String(decoding: fields[2], as: UTF8.self))
      else { return nil }
      entries.append(Entry(
        path: Array(fields[4]), kind: kind, mode: mode, size: size, content: String(decoding: fields[3], as: UTF8.self), target: Array(bytes[(middle + 1)..<stop])))
      at = stop + 1
    }
    return entries
  }

  /// Keeps the twenty lists used last.
  private static func prune(_ directory: String) {
    var lists: [(used: Int, path: String)] = []
    for name in (try? Files.list(directory)) ?? [] {
      var status = stat()
      if lstat(directory + "/" + name, &status) == 0 { lists.append((status.st_mtim.tv_sec, directory + "/" + name)) }
    }
    for list in lists.sorted(by: { ($0.used, $0.path) > ($1.used, $1.path) }).dropFirst(20) { unlink(list.path) }
  }
}

extension ContextTree {
  /// Without what `.dockerignore` keeps from a COPY though it is in the context: the Dockerfile and the ignore file are always
  /// sent, for the builder to read. Throws ``Undivided`` where builders differ.
  mutating func applyIgnore(in context: Payload, directory: String, dockerfile: String) throws {
    let paths = Set(entries.map(\.path))
    for name in [".containerignore", dockerfile + ".dockerignore", dockerfile + ".containerignore"] where paths.contains(Array(name.utf8)) {
      throw Undivided("the context holds '\(name)'")
    }
    let name = Array(".dockerignore".utf8)
    guard let entry = entries.first(where: { $0.path == name }) else { return }
    guard entry.kind == .file, entry.size <= 1 << 20 else { throw Undivided("'.dockerignore' is not a plain file") }
    let bytes = try bytes(of: entry, in: context, directory: directory)
    let ignore = try DockerIgnore(bytes, path: ".dockerignore")
    let hasExceptions = bytes.contains(UInt8(ascii: "!"))
    var known: [[UInt8]: DockerIgnore.Matches] = [:], kept: [Entry] = []
    for entry in entries {
      let parent = entry.path.lastIndex(of: 0x2F).map { Array(entry.path[..<$0]) }
      let (ignored, matches) = try ignore.ignores(entry.path, in: parent.flatMap { known[$0] } ?? DockerIgnore.Matches())
      if entry.kind == .directory { known[entry.path] = matches }
      if !ignored { kept.append(entry) } else if entry.kind == .directory, hasExceptions {
        throw Undivided("'.dockerignore' makes exceptions inside an ignored directory")
      }
    }
    entries = kept
  }

  /// The content of one small file. The application's own is taken where it is the same, which spares the way through the tarball.
  func bytes(of entry: Entry, in context: Payload, directory: String) throws -> [UInt8] {
    if let bytes = try? Files.read(directory + "/" + PathBytes.text(entry.path), limit: 1 << 20), SHA256.digest(bytes) == "sha256:" + entry.content { return bytes }
    let descriptor = open(context.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ArchiveError.payloadMissing(path: context.path, errno: errno) }
    defer { close(descriptor) }
    let reader = try TarReader(descriptor: descriptor, name: context.path, hashes: false)
    while let member = try reader.next() {
      guard PathBytes.cleaned(member.path) == entry.path else { continue }
      var bytes: [UInt8] = []
      try ContextTree.pieces(reader, size: member.size) { bytes += $0 }
      guard SHA256.digest(bytes) == "sha256:" + entry.content else { break }
      return bytes
    }
    throw ArchiveError.payloadDiffers(path: context.path)
  }

  /// The Dockerfile as it was packed.
  func dockerfile(_ path: String, in context: Payload, directory: String) throws -> String {
    guard let entry = entries.first(where: { $0.path == Array(path.utf8) }), entry.kind == .file, entry.size <= 1 << 20 else {
      throw Undivided("the Dockerfile is not a plain file of the context")
    }
    return String(decoding: try bytes(of: entry, in: context, directory: directory), as: UTF8.self)
  }
}
