import Archives
import Command
import Glibc
import Records

/// Makes the layers of a copy: tar archives whose bytes follow from their entries alone, compressed by gzip at its fastest level. One
/// that has been made before is found by a digest over its entries, and then no file is read.
struct LayerMaker {
  let cache: ImageCache
  /// The tarballs the files are in.
  let parts: [Payload]
  /// Seconds since 1970, for every entry.
  let time: Int
  private let layout: ImageLayout
  /// Into how many layers the small files of a copy are divided at most.
  private let limit: Int

  struct Made: Sendable {
    var blob: Descriptor
    /// Of the archive before compression.
    var diffID: Digest
    /// Whether it had been made before.
    var isKnown: Bool
  }

  private static let diffID = "draft.diff-id"
  /// Runtimes bear about 125 layers in an image. https://github.com/moby/moby/blob/v20.10.24/layer/layer_store.go
  private static let most = 120
  /// No copy is divided further.
  private static let finest = 64

  /// - Parameters:
  ///   - copies: how many copies the image has.
  ///   - below: how many layers its head has.
  init(cache: ImageCache, parts: [Payload], time: Int, copies: Int, below: Int) {
    self.cache = cache
    self.parts = parts
    self.time = time
    layout = ImageLayout(blobsOf: cache.path)
    limit = LayerMaker.limit(copies: copies, below: below)
  }

  /// Into how many layers the small files of each copy may be divided, so that all layers together are not too many: with those of
  /// the large files, half as many, and of the directories. 0 where a copy has to be one layer.
  static func limit(copies: Int, below: Int) -> Int {
    var limit = finest
    while limit > 0, copies * (limit + max(1, limit / 2) + 1) > most - below { limit /= 2 }
    return limit
  }

  /// The layers of a copy, the lowest first.
  func make(_ layer: TailEvaluation.Layer) throws -> [Made] { try divided(layer).map { try make($0) } }

  private func make(_ entries: [TailEvaluation.Entry]) throws -> Made {
    let note = "made/" + key(entries)
    if var blob = cache.noted(note), let diffID = blob.annotations[LayerMaker.diffID].flatMap(Digest.init), cache.isThere(blob, layout) {
      blob.annotations = [:]
      return Made(blob: blob, diffID: diffID, isKnown: true)
    }
    let made = try write(entries)
    var noted = made.blob
    noted.annotations = [LayerMaker.diffID: made.diffID.description]
    try cache.note(noted, at: note)
    return made
  }

  /// A large copy in several layers, so that a change in it is as large as the layer it is in: first the directories and links,
  /// then the files by ``Division``. Each has the directories its files are in, since runtimes unpack a layer by itself.
  private func divided(_ layer: TailEvaluation.Layer) -> [[TailEvaluation.Entry]] {
    guard limit > 0 else { return [layer.entries] }
    var bytes = Division.Bytes()
    for entry in layer.entries where entry.kind == .other { bytes.add(entry.size) }
    let division = Division(bytes, limit: limit), count = division.count
    guard count > 1 else { return [layer.entries] }
    let frame = layer.entries.filter { $0.kind != .other }
    let directories = Dictionary(frame.filter { $0.kind == .directory }.map { ($0.path[...], $0) }) { $1 }
    var files = [[TailEvaluation.Entry]](repeating: [], count: count), above = [[ArraySlice<UInt8>: TailEvaluation.Entry]](repeating: [:], count: count)
    for entry in layer.entries where entry.kind == .other {
      let number = division.part(entry.place, size: entry.size)
      files[number].append(entry)
      var path = entry.path[...]
      // The one before is in the same directory as a rule.
      if files[number].count > 1, let slash = path.lastIndex(of: 0x2F), files[number][files[number].count - 2].path.starts(with: path[...slash]) { continue }
      while let slash = path.lastIndex(of: 0x2F) {
        path = path[..<slash]
        guard above[number][path] == nil, let directory = directories[path] else { break }
        above[number][path] = directory
      }
    }
    let layers = files.indices.map { number in
      above[number].values.sorted { $0.path.lexicographicallyPrecedes($1.path) } + files[number]
    }
    return ([frame] + layers).filter { !$0.isEmpty }
  }

  private func key(_ entries: [TailEvaluation.Entry]) -> String {
    var hash = SHA256()
    hash.update("draft layer 2 \(time)\n")
    for entry in entries { entry.add(to: &hash) }
    return hash.finish()
  }

  private func write(_ entries: [TailEvaluation.Entry]) throws -> Made {
    let (file, temporary) = try Temporary.file(beside: cache.path + "/blobs/layer")
    defer { close(file); Temporary.remove(temporary) }
    let gzip = try GzipStream(to: file, level: 1, name: "layer")
    let writer = try TarWriter(seconds: time, gzip: false) { try gzip.write($0) }
    try add(entries, to: writer)
    try writer.finish()
    let result = try gzip.finish()
    let blob = Descriptor(mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: result.digest, size: result.size)
    let place = layout.blob(blob.digest)
    guard rename(temporary, place) == 0 else { throw SystemError("cannot create '\(place)'", errno, code: .cannotCreate) }
    Temporary.forget(temporary)
    return Made(blob: blob, diffID: result.content, isKnown: false)
  }

  /// What has no content comes first, a directory before what is in it; then the files in the order of the context.
  func add(_ entries: [TailEvaluation.Entry], to writer: TarWriter) throws {
    var wanted: [[UInt8]: TailEvaluation.Entry] = [:], numbers: Set<Int> = []
    for entry in entries {
      switch entry.kind {
      case .directory: try writer.begin(entry.path, .directory, mode: entry.mode, user: entry.user, group: entry.group)
      case .link: try writer.begin(entry.path, .link(to: entry.target), mode: 0o777, user: entry.user, group: entry.group)
      case .other:
        guard let inline = entry.inline else {
          wanted[entry.source] = entry
          numbers.insert(entry.part)
          continue
        }
        try writer.begin(entry.path, .file(size: inline.count), mode: entry.mode, user: entry.user, group: entry.group)
        try inline.withUnsafeBytes { try writer.data($0) }
      }
    }
    for number in numbers.sorted() { try addFiles(&wanted, of: parts[number], to: writer) }
    if let missing = wanted.values.first { throw ArchiveError.payloadDiffers(path: parts[missing.part].path) }
  }

  private func addFiles(_ wanted: inout [[UInt8]: TailEvaluation.Entry], of part: Payload, to writer: TarWriter) throws {
    let descriptor = open(part.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ArchiveError.payloadMissing(path: part.path, errno: errno) }
    defer { close(descriptor) }
    flock(descriptor, LOCK_SH)
    let reader = try TarReader(descriptor: descriptor, name: part.path, hashes: false)
    while !wanted.isEmpty, let member = try reader.next() {
      guard let entry = wanted.removeValue(forKey: PathBytes.cleaned(member.path)) else { continue }
      guard case .file = member.kind, member.size == entry.size else { throw ArchiveError.payloadDiffers(path: part.path) }
      try writer.begin(entry.path, .file(size: entry.size), mode: entry.mode, user: entry.user, group: entry.group)
      var hash = SHA256()
      try ContextTree.pieces(reader, size: entry.size) { piece in
        hash.update(piece)
        try writer.data(piece)
      }
      // The list of the context says what is in it, and was made of this very tarball; one that has changed since is refused.
      guard hash.finish() == entry.content else { throw ArchiveError.payloadDiffers(path: part.path) }
    }
  }
}
