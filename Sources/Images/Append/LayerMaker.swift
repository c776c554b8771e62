import Archives
import Command
import Contexts
import Glibc
import OCI
import Records

/// Makes the layers of a copy: tar archives whose bytes depend only on their entries and times, compressed by gzip at
/// its fastest level. A layer that was made before is found by a digest over its entries, without reading any file.
struct LayerMaker {
  let cache: ImageCache
  /// The tarballs that hold the files.
  let parts: [Payload]
  /// Seconds since 1970, for every entry; nil if each has its own.
  let time: Int?
  private let layout: ImageLayout
  /// The largest number of layers for the small files of a copy.
  private let limit: Int

  struct Made: Sendable {
    var blob: Descriptor
    /// The digest of the archive before compression.
    var diffID: Digest
    /// Whether it was made before.
    var isKnown: Bool
  }

  private static let diffID = "draft.diff-id"
  /// Runtimes support about 125 layers in an image. https://github.com/moby/moby/blob/v20.10.24/layer/layer_store.go
  private static let most = 120
  /// No copy is divided further than this.
  private static let finest = 64

  /// - Parameters:
  ///   - copies: the number of copies in the image.
  ///   - below: the number of layers of its head.
  init(cache: ImageCache, parts: [Payload], time: Int?, copies: Int, below: Int) {
    self.cache = cache
    self.parts = parts
    self.time = time
    layout = ImageLayout(blobsOf: cache.path)
    limit = LayerMaker.limit(copies: copies, below: below)
  }

  /// The number of layers for the small files of each copy that keeps the total within bounds; a copy also has half as
  /// many layers for large files, and one for directories. 0: a copy must be one layer.
  static func limit(copies: Int, below: Int) -> Int {
    var limit = finest
    while limit > 0, copies * (limit + max(1, limit / 2) + 1) > most - below { limit /= 2 }
    return limit
  }

  /// The layers of a copy, the lowest first.
  func make(_ layer: TailEvaluation.Layer) throws -> [Made] { try divided(layer).map { try make(layer, $0) } }

  private func make(_ layer: TailEvaluation.Layer, _ numbers: [Int]) throws -> Made {
    var hash = SHA256()
    hash.update("draft layer 4 \(time.map(String.init) ?? "own")\n")
    layer.add(numbers, to: &hash)
    if time == nil { numbers.map { layer.entries[$0].seconds ?? -1 }.withUnsafeBytes { hash.update($0) } }
    let note = "made/" + hash.finish(), place = cache.path + "/" + note
    if let made = LayerMaker.made[place] ?? noted(note), cache.isThere(made.blob, layout) {
      LayerMaker.made[place] = made
      return made
    }
    let made = try write(numbers.map { layer.entries[$0] })
    var noted = made.blob
    noted.annotations = [LayerMaker.diffID: made.diffID.description]
    try cache.note(noted, at: note)
    LayerMaker.made[place] = Made(blob: made.blob, diffID: made.diffID, isKnown: true)
    return made
  }

  private func noted(_ note: String) -> Made? {
    guard var blob = cache.noted(note), let diffID = blob.annotations[LayerMaker.diffID].flatMap(Digest.init) else {
      return nil
    }
    blob.annotations = [:]
    return Made(blob: blob, diffID: diffID, isKnown: true)
  }

  /// Layers that this process has made or found in notes, by the note's path, so that a stage that keeps running does
  /// not read all notes again for each change. Whether the blob exists is checked in any case.
  private static let made = Memory()

  private final class Memory: @unchecked Sendable {
    private var all: [String: Made] = [:]
    private let lock = Lock()

    subscript(place: String) -> Made? {
      get { lock.locked { all[place] } }
      set {
        lock.locked {
          if all.count >= 4_096 { all = [:] }
          all[place] = newValue
        }
      }
    }
  }

  /// Divides a large copy into several layers, so that a change only replaces the layer it is in: first the directories
  /// and links, then the files by ``Division``. Each has its files' directories, since runtimes unpack layers one by
  /// one.
  /// - Returns: for each layer the indices of its entries.
  private func divided(_ layer: TailEvaluation.Layer) -> [[Int]] {
    let entries = layer.entries
    guard limit > 0 else { return [Array(entries.indices)] }
    var bytes = Division.Bytes(), frame: [Int] = [], directories: [ArraySlice<UInt8>: Int] = [:]
    for (number, entry) in entries.enumerated() {
      guard entry.kind != .other else { bytes.add(entry.size); continue }
      frame.append(number)
      if entry.kind == .directory { directories[entry.path[...]] = number }
    }
    let division = Division(bytes, limit: limit), count = division.count
    guard count > 1 else { return [Array(entries.indices)] }
    var files = [[Int]](repeating: [], count: count), above = [Set<Int>](repeating: [], count: count)
    for (number, entry) in entries.enumerated() where entry.kind == .other {
      let part = division.part(entry.place, size: entry.size)
      defer { files[part].append(number) }
      var path = entry.path[...]
      // The previous file is usually in the same directory.
      if let last = files[part].last, let slash = path.lastIndex(of: 0x2F),
        entries[last].path.starts(with: path[...slash])
      {
        continue
      }
      while let slash = path.lastIndex(of: 0x2F) {
        path = path[..<slash]
        guard let directory = directories[path], above[part].insert(directory).inserted else { break }
      }
    }
    let layers = files.indices.map { part in
      above[part].sorted { entries[$0].path.lexicographicallyPrecedes(entries[$1].path) } + files[part]
    }
    return ([frame] + layers).filter { !$0.isEmpty }
  }

  private func write(_ entries: [TailEvaluation.Entry]) throws -> Made {
    let temporary = try Temporary.file(beside: cache.path + "/blobs/layer")
    defer { Temporary.remove(temporary.path) }
    let gzip = try GzipStream(to: temporary.file.descriptor, level: 1, name: "layer")
    let writer = try TarWriter(seconds: time ?? 0, gzip: false) { try gzip.write($0) }
    try add(entries, to: writer)
    try writer.finish()
    let result = try gzip.finish()
    let blob = Descriptor(
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: result.digest, size: result.size)
    let place = layout.blob(blob.digest)
    try Files.place(temporary, at: place)
    return Made(blob: blob, diffID: result.content, isKnown: false)
  }

  /// Entries without content come first, a directory before its contents; then the files in the context's order.
  func add(_ entries: [TailEvaluation.Entry], to writer: TarWriter) throws {
    var wanted: [[UInt8]: TailEvaluation.Entry] = [:], numbers: Set<Int> = []
    for entry in entries {
      switch entry.kind {
      case .directory: try begin(entry, .directory, writer)
      case .link: try begin(entry, .link(to: entry.target), writer)
      case .other:
        guard let inline = entry.inline else {
          wanted[entry.source] = entry
          numbers.insert(entry.part)
          continue
        }
        try begin(entry, .file(size: inline.count), writer)
        try inline.withUnsafeBytes { try writer.data($0) }
      }
    }
    for number in numbers.sorted() { try addFiles(&wanted, of: parts[number], to: writer) }
    if let missing = wanted.values.first { throw ArchiveError.payloadDiffers(path: parts[missing.part].path) }
  }

  private func begin(_ entry: TailEvaluation.Entry, _ kind: TarWriter.Kind, _ writer: TarWriter) throws {
    try writer.begin(
      entry.path, kind, mode: entry.mode, user: entry.user, group: entry.group,
      seconds: time == nil ? entry.seconds : nil)
  }

  private func addFiles(_ wanted: inout [[UInt8]: TailEvaluation.Entry], of part: Payload, to writer: TarWriter) throws
  {
    let file = try part.open()
    let reader = try TarReader(descriptor: file.descriptor, name: part.path, hashes: false)
    while !wanted.isEmpty, let member = try reader.next() {
      guard let entry = wanted.removeValue(forKey: PathBytes.cleaned(member.path)) else { continue }
      guard case .file = member.kind, member.size == entry.size else {
        throw ArchiveError.payloadDiffers(path: part.path)
      }
      try begin(entry, .file(size: entry.size), writer)
      var hash = SHA256()
      try ContextTree.pieces(reader, size: entry.size) { piece in
        hash.update(piece)
        try writer.data(piece)
      }
      // The context's list was made from this tarball and has its digests; reject a tarball that has changed since.
      guard hash.finish() == entry.content else { throw ArchiveError.payloadDiffers(path: part.path) }
    }
  }
}
