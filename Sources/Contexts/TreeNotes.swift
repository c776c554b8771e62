import Archives
import Command
import Glibc
import Records
import Settings

/// The tree of each context, by the digest of its payload: `cache/trees/HEX.tree` in the draft home. A record says it
/// too, but must not be trusted, because the tag of an image is derived from the tree. May be deleted at any time.
package struct TreeNotes {
  private let cache: Cache

  init(_ home: Home) throws { cache = try TreeNotes.cache(home) }

  /// It also has the lists of what is in each tarball, `HEX.list`: see `ContextTree` in Images.
  package static func cache(_ home: Home) throws -> Cache { try home.cache("trees", limit: 512, bytes: 256 << 20) }

  private func name(_ payload: Payload) -> String { "\(payload.digest.dropFirst(7)).tree" }

  func read(_ payload: Payload) -> (tree: String, files: Int)? {
    guard isDigest(payload.digest), let bytes = cache.read(name(payload), limit: 128) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 2, isDigest(String(words[0])), let files = Int(words[1]) else { return nil }
    return (String(words[0]), files)
  }

  /// Writes the note; if that fails, the context is read again next time.
  func write(_ tree: String, files: Int, of payload: Payload) {
    try? cache.put(Array("\(tree) \(files)".utf8), as: name(payload))
  }
}

extension Context {
  /// The context with the tree of its actual payload, whatever the record says.
  /// - Throws: ``ArchiveError`` if the payload has to be read and is missing or does not match the record.
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
