import Archives
import Command
import Glibc
import OCI

/// Writes the changed parts of a context, each as a tarball, in one pass over the list: each file is read once, into
/// its part, and its digest is known after that.
///
/// Without division the only part is the whole tarball. Otherwise the first part holds the directories and links, and
/// the others hold the files by ``Division``. Concatenated, the parts are the tarball, so none of them has end marks.
final class PartWriter {
  private let cache: TarballCache
  private let root: String
  /// One time for all members; nil if each has its own.
  private let seconds: Int?
  private let now: Int
  private let division: Division
  /// The previous parts by number; new ones are compared with them while they are written.
  private let old: [Int: Tarball.Result]
  private var outputs: [Int: (tarball: Tarball, writer: TarWriter)] = [:]
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 4_096)

  init(cache: TarballCache, root: String, seconds: Int?, now: Int, division: Division, old: [Int: Tarball.Result]) {
    self.cache = cache
    self.root = root
    self.seconds = seconds
    self.now = now
    self.division = division
    self.old = old
    // Several applications may be packed at once.
    if division.count > 64 { SourceDirectory.raiseLimit() }
  }

  deinit { buffer.deallocate() }

  /// The number of the part that an entry belongs to.
  func part(_ entry: TreeList.Entry) -> Int {
    division.count == 1 || entry.kind != .file ? 0 : 1 + division.part(entry.place, size: entry.facts.size)
  }

  /// - Parameters:
  ///   - list: receives the digest of each file that is read.
  ///   - wanted: the parts to write.
  /// - Returns: those of them that are not empty.
  func write(_ list: inout TreeList, _ wanted: Set<Int>) throws -> [Int: Tarball.Result] {
    let opener = try PathOpener(root: root)
    for index in list.entries.indices {
      let entry = list.entries[index], number = part(entry)
      guard wanted.contains(number) else { continue }
      let path = Array(list.path(index)), writer = try output(number), given = seconds ?? entry.time
      switch entry.kind {
      case .directory: try writer.begin(path, .directory, mode: mode_t(entry.facts.mode), seconds: given)
      case .link: try writer.begin(path, .link(to: Array(list.target(index))), mode: 0o777, seconds: given)
      case .file:
        let file = try opener.file(path)
        // The division depends on the size.
        guard file.size == entry.facts.size else { throw ArchiveError.changed(path: root + "/" + PathBytes.text(path)) }
        // A file written to since the walk differs from the one that was listed.
        let isOther = entry.facts != TreeList.Facts(file.status)
        let time = isOther ? SourceDate.given(own: file.status.st_mtim.tv_sec, after: entry.time, now: now) : entry.time
        try writer.begin(path, .file(size: file.size), mode: file.mode, seconds: seconds ?? time)
        var hash = SHA256()
        try file.read(by: buffer) { bytes in
          hash.update(bytes)
          try writer.data(bytes)
        }
        let content = TreeList.Content(hash.finishBytes())
        // Changed within one tick of the clock: it would have the time of its old content.
        if !isOther, entry.isFresh, entry.isKnown, content != TreeList.Content(entry.content) {
          throw ArchiveError.changed(path: root + "/" + PathBytes.text(path))
        }
        list.set(index, file.status, content: content, time: time)
      }
    }
    // An empty tree still makes a tarball.
    if division.count == 1, wanted.contains(0) { _ = try output(0) }
    return try outputs.mapValues { output in
      try output.writer.finish()
      return try output.tarball.finish { cache.path($0, ".tar") }
    }
  }

  private func output(_ number: Int) throws -> TarWriter {
    if let output = outputs[number] { return output.writer }
    let tarball = try Tarball(directory: cache.directory + "/sha256", last: old[number].map { ($0.digest, $0.path) })
    let writer = try TarWriter(seconds: seconds ?? SourceDate.oldest, gzip: false, endMarks: division.count == 1) {
      try tarball.write($0)
    }
    outputs[number] = (tarball, writer)
    return writer
  }
}

/// Opens the files of a tree by path, through descriptors and without following links. Keeps the directory of the last
/// file open, because the next file is usually in it too.
final class PathOpener {
  private let root: String
  private let top: OpenFile
  private var path: ArraySlice<UInt8> = [], current: OpenFile?

  init(root: String) throws(ArchiveError) {
    self.root = root
    top = try OpenFile(root, O_RDONLY | O_DIRECTORY) { ArchiveError.unreadable(path: root, errno: $0) }
  }

  func file(_ path: [UInt8]) throws(ArchiveError) -> SourceFile {
    let full = root + "/" + PathBytes.text(path)
    guard let slash = path.lastIndex(of: 0x2F) else { return try SourceFile(path, in: top.descriptor, path: full) }
    return try SourceFile(Array(path[(slash + 1)...]), in: try directory(path[..<slash], of: full), path: full)
  }

  private func directory(_ path: ArraySlice<UInt8>, of file: String) throws(ArchiveError) -> Int32 {
    if let descriptor = current?.descriptor, self.path == path { return descriptor }
    self.path = []
    current = nil
    for part in path.split(separator: 0x2F) {
      do {
        current = try OpenFile(
          Array(part), O_RDONLY | O_DIRECTORY | O_NOFOLLOW, in: current?.descriptor ?? top.descriptor)
      } catch {
        switch error.number {
        case ENOENT: throw .vanished(path: file)
        case ENOTDIR, ELOOP: throw .changed(path: file)
        case let number: throw .unreadable(path: file, errno: number)
        }
      }
    }
    self.path = path
    return current?.descriptor ?? top.descriptor
  }
}
