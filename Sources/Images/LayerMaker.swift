import Archives
import Command
import Glibc
import Records

/// Makes a layer of the entries of a copy: a tar archive whose bytes follow from the entries alone, compressed by gzip at its
/// fastest. One that has been made before is found by a digest over its entries, and then no file is read.
struct LayerMaker {
  let cache: ImageCache
  let context: Payload
  /// Seconds since 1970, for every entry.
  let time: Int

  struct Made: Sendable {
    var blob: Descriptor
    /// Of the archive before compression.
    var diffID: Digest
    /// Whether it had been made before.
    var isKnown: Bool
  }

  private static let diffID = "draft.diff-id"

  func make(_ layer: TailEvaluation.Layer) throws -> Made {
    let note = "made/" + key(layer), layout = try ImageLayout(path: cache.path)
    if var blob = cache.noted(note), let diffID = blob.annotations[LayerMaker.diffID].flatMap(Digest.init), cache.isThere(blob, layout) {
      blob.annotations = [:]
      return Made(blob: blob, diffID: diffID, isKnown: true)
    }
    let made = try write(layer)
    var noted = made.blob
    noted.annotations = [LayerMaker.diffID: made.diffID.description]
    try cache.note(noted, at: note)
    return made
  }

  private func key(_ layer: TailEvaluation.Layer) -> String {
    var hash = SHA256()
    hash.update("draft layer 1 \(time)\n")
    for entry in layer.entries {
      hash.update(Array("\(entry.kind.rawValue) \(entry.mode) \(entry.user) \(entry.group) \(entry.size) \(entry.content) ".utf8) + entry.path + [0] + entry.target + [0])
    }
    return hash.finish()
  }

  private func write(_ layer: TailEvaluation.Layer) throws -> Made {
    let (file, temporary) = try Temporary.file(beside: cache.path + "/blobs/layer")
    defer { close(file); Temporary.remove(temporary) }
    let gzip = try GzipStream(to: file, level: 1, name: "layer")
    let writer = try TarWriter(seconds: time, gzip: false) { try gzip.write($0) }
    // What has no content comes first, a directory before what is in it; then the files in the order of the context.
    var wanted: [[UInt8]: TailEvaluation.Entry] = [:]
    for entry in layer.entries {
      switch entry.kind {
      case .directory: try writer.begin(entry.path, .directory, mode: entry.mode, user: entry.user, group: entry.group)
      case .link: try writer.begin(entry.path, .link(to: entry.target), mode: 0o777, user: entry.user, group: entry.group)
      case .other: wanted[entry.source] = entry
      }
    }
    if !wanted.isEmpty { try addFiles(&wanted, to: writer) }
    guard wanted.isEmpty else { throw ArchiveError.payloadDiffers(path: context.path) }
    try writer.finish()
    let result = try gzip.finish()
    let blob = Descriptor(mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: result.digest, size: result.size)
    let place = "\(cache.path)/blobs/sha256/\(blob.digest.hex)"
    guard fsync(file) == 0, rename(temporary, place) == 0 else { throw SystemError("cannot create '\(place)'", errno, code: .cannotCreate) }
    Temporary.forget(temporary)
    return Made(blob: blob, diffID: result.content, isKnown: false)
  }

  private func addFiles(_ wanted: inout [[UInt8]: TailEvaluation.Entry], to writer: TarWriter) throws {
    let descriptor = open(context.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ArchiveError.payloadMissing(path: context.path, errno: errno) }
    defer { close(descriptor) }
    flock(descriptor, LOCK_SH)
    let reader = try TarReader(descriptor: descriptor, name: context.path, hashes: false)
    while !wanted.isEmpty, let member = try reader.next() {
      guard let entry = wanted.removeValue(forKey: PathBytes.cleaned(member.path)) else { continue }
      guard case .file = member.kind, member.size == entry.size else { throw ArchiveError.payloadDiffers(path: context.path) }
      try writer.begin(entry.path, .file(size: entry.size), mode: entry.mode, user: entry.user, group: entry.group)
      var hash = SHA256()
      try ContextTree.pieces(reader, size: entry.size) { piece in
        hash.update(piece)
        try writer.data(piece)
      }
      // The list of the context says what is in it, and was made of this very tarball; one that has changed since is refused.
      guard hash.finish() == entry.content else { throw ArchiveError.payloadDiffers(path: context.path) }
    }
  }
}
