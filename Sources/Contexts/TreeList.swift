import Archives
import Glibc
import OCI

/// The state of a tree when it was packed: for each entry, in walk order, its path, mode and packed time, and for a
/// file also size, device, inode, both times, and the digest of its content. A file whose facts are unchanged is not
/// read again.
///
/// A file written just before it was read may be written again without its times changing: file system clocks tick in
/// milliseconds, some in seconds. Such an entry is marked fresh, and its file is read again and compared. The change
/// time of a file cannot be set, so restoring an old modification time is detected too.
struct TreeList {
  enum Kind: CaseIterable { case file, directory, link }

  /// The fields of a status that distinguish two states of a file.
  struct Facts: Equatable {
    var mode: UInt32 = 0
    var size = 0
    var device: UInt64 = 0, inode: UInt64 = 0
    var modified = (seconds: 0, nanoseconds: 0), changed = (seconds: 0, nanoseconds: 0)

    static func == (a: Facts, b: Facts) -> Bool {
      a.mode == b.mode && a.size == b.size && a.device == b.device && a.inode == b.inode && a.modified == b.modified
        && a.changed == b.changed
    }
  }

  /// Contains no references: a list is stored on disk as it is in memory.
  struct Entry {
    var kind: Kind
    var isFresh = false
    /// The place of a file, see ``Division``.
    var place: UInt8 = 0
    /// The path in `text`, followed by the target of a link.
    var start: Int, length: Int, targetLength = 0
    /// The time in tarballs, see ``SourceDate``.
    var time = 0
    /// For a directory, only the mode.
    var facts = Facts()
    /// The SHA-256 of the content.
    var content: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Whether the content has been read.
    var isKnown: Bool { content != (0, 0, 0, 0) }
  }

  private(set) var entries: [Entry] = []
  private(set) var text: [UInt8] = []
  /// The size of all files in a tar archive.
  private(set) var bytes = Division.Bytes()

  /// Seconds after which an unchanged file is trusted: longer than the coarsest clock tick, FAT's two seconds.
  private static let tick = 3

  /// Whether the file could be written again without its times changing.
  static func isFresh(_ status: stat, at now: Int) -> Bool {
    max(status.st_mtim.tv_sec, status.st_ctim.tv_sec) + tick >= now
  }

  func path(_ index: Int) -> ArraySlice<UInt8> {
    text[entries[index].start..<(entries[index].start + entries[index].length)]
  }

  func target(_ index: Int) -> ArraySlice<UInt8> {
    let start = entries[index].start + entries[index].length
    return text[start..<(start + entries[index].targetLength)]
  }

  mutating func directory(_ path: [UInt8], mode: mode_t, time: Int = 0) { add(.directory, path, mode: mode, time) }
  mutating func link(_ path: [UInt8], to target: [UInt8], time: Int = 0) { add(.link, path, target, mode: 0o777, time) }

  private mutating func add(_ kind: Kind, _ path: [UInt8], _ target: [UInt8] = [], mode: mode_t, _ time: Int) {
    entries.append(
      Entry(
        kind: kind, start: text.count, length: path.count, targetLength: target.count, time: time,
        facts: Facts(mode: mode)))
    text += path
    text += target
  }

  /// - Parameter content: nil if not known yet.
  mutating func file(_ path: [UInt8], _ status: stat, place: UInt8, isFresh: Bool, content: Content?, time: Int = 0) {
    entries.append(
      Entry(
        kind: .file, isFresh: isFresh, place: place, start: text.count, length: path.count, time: time,
        facts: Facts(status), content: content?.words ?? (0, 0, 0, 0)))
    text += path
    bytes.add(Int(status.st_size))
  }

  /// Updates the entry of a file that has been read.
  mutating func set(_ index: Int, _ status: stat, content: Content, time: Int? = nil) {
    entries[index].facts = Facts(status)
    if let time { entries[index].time = time }
    entries[index].content = content.words
  }

  /// The digest of a file's content.
  struct Content: Equatable {
    fileprivate var words: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter bytes: 32 bytes.
    init(_ bytes: [UInt8]) {
      words = bytes.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
    }
    init(_ words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }
    static func == (a: Content, b: Content) -> Bool { a.words == b.words }

    var hex: String { withUnsafeBytes(of: words) { OCI.hex($0) } }
  }
}

extension TreeList.Facts {
  init(_ status: stat) {
    self.init(
      mode: status.st_mode, size: Int(status.st_size), device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
      modified: (status.st_mtim.tv_sec, status.st_mtim.tv_nsec),
      changed: (status.st_ctim.tv_sec, status.st_ctim.tv_nsec))
  }

  init(mode: mode_t) { self.mode = UInt32(mode) }
}

// MARK: on disk

extension TreeList {
  /// The list as bytes: the number of entries, the size of one, the entries, the text.
  var serialized: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(16 + entries.count * MemoryLayout<Entry>.stride + text.count)
    for number in [entries.count, MemoryLayout<Entry>.stride] { withUnsafeBytes(of: number) { result += $0 } }
    entries.withUnsafeBytes { result += $0 }
    return result + text
  }

  /// nil if the bytes are not a valid list.
  init?(_ bytes: ArraySlice<UInt8>) {
    let stride = MemoryLayout<Entry>.stride
    let whole = bytes.withUnsafeBytes { raw -> ([Entry], [UInt8])? in
      guard raw.count >= 16 else { return nil }
      let count = raw.loadUnaligned(as: Int.self)
      guard raw.loadUnaligned(fromByteOffset: 8, as: Int.self) == stride, count >= 0, count <= (raw.count - 16) / stride
      else { return nil }
      let end = 16 + count * stride
      // Check before treating it as an entry: in memory a kind is its number, and a Bool is 0 or 1.
      for start in Swift.stride(from: 16, to: end, by: stride)
      where raw[start] >= Kind.allCases.count || raw[start + 1] > 1 { return nil }
      let entries = [Entry](unsafeUninitializedCapacity: count) { target, filled in
        if count > 0 { memcpy(target.baseAddress!, raw.baseAddress! + 16, count * stride) }
        filled = count
      }
      return (entries, Array(raw[end...]))
    }
    guard let (entries, text) = whole else { return nil }
    for entry in entries {
      guard entry.length >= 0, entry.targetLength >= 0, entry.start >= 0, entry.start <= text.count,
        entry.length <= text.count, entry.targetLength <= text.count,
        entry.start + entry.length + entry.targetLength <= text.count, entry.facts.size >= 0,
        (0..<SourceDate.end).contains(entry.time)
      else { return nil }
      if entry.kind == .file { self.bytes.add(entry.facts.size) }
    }
    self.entries = entries
    self.text = text
  }
}
