import Archives
import Glibc
import OCI
import Records

/// The contents of a context's tar archives, by whatever program they were made. The entries of an archive are in any
/// order; the digest of a tree needs them in its own.
package struct TarContents {
  private enum Entry { case file(mode_t, String), directory(mode_t), link([UInt8]) }

  private var entries: [[UInt8]: Entry] = [:]
  /// A path is repeated or leads out of the tree: the result depends on the program that unpacks it.
  private var isOdd = false

  func has(_ path: [UInt8]) -> Bool { entries[path] != nil }

  /// Reads an archive to its end.
  /// - Throws: ``ArchiveError`` for a damaged archive, and for a device, FIFO or socket in it.
  mutating func add(_ reader: TarReader, archive: String) throws {
    while let member = try reader.next() {
      let path = PathBytes.cleaned(member.path)
      if path.elementsEqual(".".utf8) { continue }
      let first = path.prefix { $0 != UInt8(ascii: "/") }
      if first.isEmpty || first.elementsEqual("..".utf8) || has(path) { isOdd = true }
      switch member.kind {
      case .directory: entries[path] = .directory(member.mode)
      case .link(let target): entries[path] = .link(target)
      case .hardLink(let target): entries[path] = entries[PathBytes.cleaned(target)]
      case .file: entries[path] = .file(member.mode, try contentDigest(reader, size: member.size))
      case .other:
        throw ArchiveError.hostileMember(
          archive: archive, member: PathBytes.text(path), reason: "it is a device, FIFO or socket")
      }
    }
  }

  /// The digest of the tree, and its number of entries. If the archive can be unpacked into different trees, the digest
  /// is the archive's own.
  func digest(of payload: Payload) -> (tree: String, files: Int) {
    if isOdd { return (payload.digest, entries.count) }
    var tree = TreeDigest()
    for (path, entry) in entries.sorted(by: { TreeSurvey.precedes($0.key, $1.key) }) {
      switch entry {
      case .file(let mode, let content): tree.file(path, mode: UInt32(mode), content: content)
      case .directory(let mode): tree.directory(path, mode: UInt32(mode))
      case .link(let target): tree.link(path, to: target)
      }
    }
    let files = tree.count
    return (tree.finish(), files)
  }

  private func contentDigest(_ reader: TarReader, size: Int) throws -> String {
    var hash = SHA256()
    var done = 0
    let zeros = [UInt8](repeating: 0, count: 65_536)
    func fill(to end: Int) {
      while done < end {
        let count = min(zeros.count, end - done)
        zeros.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        done += count
      }
    }
    try reader.data { bytes, offset in
      fill(to: offset)
      hash.update(bytes)
      done = offset + bytes.count
    }
    fill(to: size)
    return hash.finish()
  }
}
