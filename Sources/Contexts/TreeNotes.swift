import Archives
import Command
import Glibc
import Records
import Settings

/// Which tree is in a context, by the digest of its payload: `cache/trees/HEX.tree` in the draft home. A record says so too, but
/// whoever wrote it may be wrong: an image is stored under a tag that follows from the tree. May be deleted at any time.
package struct TreeNotes {
  private let cache: Cache

  init(_ home: Home) throws { cache = try TreeNotes.cache(home) }

  /// The lists of what is in each tarball are in it as well, `HEX.list`: see `ContextTree` of Images.
  package static func cache(_ home: Home) throws -> Cache { try home.cache("trees", limit: 512, bytes: 256 << 20) }

  private func name(_ payload: Payload) -> String { "\(payload.digest.dropFirst(7)).tree" }

  func read(_ payload: Payload) -> (tree: String, files: Int)? {
    guard isDigest(payload.digest), let bytes = cache.read(name(payload), limit: 128) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 2, isDigest(String(words[0])), let files = Int(words[1]) else { return nil }
    return (String(words[0]), files)
  }

  /// A note that cannot be written costs a reading.
  func write(_ tree: String, files: Int, of payload: Payload) {
    try? cache.put(Array("\(tree) \(files)".utf8), as: name(payload))
  }
}

extension Context {
  /// The context with the tree that its payload has, whatever the record says of it.
  /// - Throws: ``ArchiveError`` when the payload has to be read and is not there, or not what the record says.
  public func checked(home: Home) throws -> Context {
    var context = self
    let notes = try TreeNotes(home)
    if let known = notes.read(payload) {
      (context.tree, context.files) = known
      return context
    }
    var contents = TarContents()
    for part in try payload.parts() {
      let file = try part.open()
      let reader = try TarReader(descriptor: file.descriptor, name: part.path)
      try contents.add(reader, archive: part.path)
      guard reader.finish() == (part.digest, part.size) else { throw ArchiveError.payloadDiffers(path: part.path) }
    }
    (context.tree, context.files) = contents.digest(of: payload)
    notes.write(context.tree, files: context.files, of: payload)
    return context
  }
}
