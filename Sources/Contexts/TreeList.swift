import Archives
import Glibc
import OCI

/// What a tree looked like when it was packed: for each entry in the order of the walk its path, its mode and the time
/// it was given, for a file also size, device, inode and both times, and the digest of its content. A file that looks
/// the same is the same, and is not read.
///
/// A file that was written just before it was read may be written again without its times moving: the clock of a file system
/// ticks in milliseconds, on some in seconds. Such an entry is marked as fresh, and its file is read again to be compared. Nobody
/// can set the change time of a file, so a program that puts the old modification time back is found out too.
struct TreeList {
  enum Kind: CaseIterable { case file, directory, link }

  /// What of a status tells one state of a file from another.
  struct Facts: Equatable {
    var mode: UInt32 = 0
    var size = 0
    var device: UInt64 = 0, inode: UInt64 = 0
    var modified = (seconds: 0, nanoseconds: 0), changed = (seconds: 0, nanoseconds: 0)

    static func == (a: Facts, b: Facts) -> Bool {
      a.mode == b.mode && a.size == b.size && a.device == b.device && a.inode == b.inode && a.modified == b.modified && a.changed == b.changed
    }
  }

  /// No references in it: a list is kept on disk as it is in memory.
  struct Entry {
    var kind: Kind
    var isFresh = false
    /// Of a file, by ``Division``.
    var place: UInt8 = 0
    /// The path in `text`, and the target of a link behind it.
    var start: Int, length: Int, targetLength = 0
    /// The time it has in tarballs, see ``SourceDate``.
    var time = 0
    /// Only the mode, of a directory.
    var facts = Facts()
    /// SHA-256 of the content.
    var content: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Whether the content has been read.
    var isKnown: Bool { content != (0, 0, 0, 0) }
  }

  private(set) var entries: [Entry] = []
  private(set) var text: [UInt8] = []
  /// Of all files, as tar counts them.
  private(set) var bytes = Division.Bytes()

  /// How long after its last change a file is believed: longer than the coarsest clock, FAT's two seconds.
  private static let tick = 3

  /// Whether a file may be written again without its times moving.
  static func isFresh(_ status: stat, at now: Int) -> Bool { max(status.st_mtim.tv_sec, status.st_ctim.tv_sec) + tick >= now }

  func path(_ index: Int) -> ArraySlice<UInt8> { text[entries[index].start..<(entries[index].start + entries[index].length)] }

  func target(_ index: Int) -> ArraySlice<UInt8> {
    let start = entries[index].start + entries[index].length
    return text[start..<(start + entries[index].targetLength)]
  }

  mutating func directory(_ path: [UInt8], mode: mode_t, time: Int = 0) { add(.directory, path, mode: mode, time) }
  mutating func link(_ path: [UInt8], to target: [UInt8], time: Int = 0) { add(.link, path, target, mode: 0o777, time) }

  private mutating func add(_ kind: Kind, _ path: [UInt8], _ target: [UInt8] = [], mode: mode_t, _ time: Int) {
    entries.append(
      Entry(
        kind: kind, start: text.count, length: path.count, targetLength: target.count, time: time, facts: Facts(mode: mode)))
    text += path
    text += target
  }

  /// - Parameter content: nil when it is not known yet.
  mutating func file(_ path: [UInt8], _ status: stat, place: UInt8, isFresh: Bool, content: Content?, time: Int = 0) {
    entries.append(Entry(
      kind: .file, isFresh: isFresh, place: place, start: text.count, length: path.count, time: time,
      facts: Facts(status), content: content?.words ?? (0, 0, 0, 0)))
    text += path
    bytes.add(Int(status.st_size))
  }

  /// A file has been read.
  mutating func set(_ index: Int, _ status: stat, content: Content, time: Int? = nil) {
    entries[index].facts = Facts(status)
    if let time { entries[index].time = time }
    entries[index].content = content.words
  }

  /// The digest of a file's content.
  struct Content: Equatable {
    fileprivate var words: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter bytes: 32 of them.
    init(_ bytes: [UInt8]) { words = bytes.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) } }
    init(_ words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }
    static func == (a: Content, b: Content) -> Bool { a.words == b.words }

    var hex: String { withUnsafeBytes(of: words) { OCI.hex($0) } }
  }
}

extension TreeList.Facts {
  init(_ status: stat) {
    self.init(
      mode: status.st_mode, size: Int(status.st_size), device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
      modified: (status.st_mtim.tv_sec, status.st_mtim.tv_nsec), changed: (status.st_ctim.tv_sec, status.st_ctim.tv_nsec))
  }

  init(mode: mode_t) { self.mode = UInt32(mode) }
}

// MARK: on disk

extension TreeList {
  /// The list as bytes: how many entries there are and how large one is, the entries, the text.
  var serialized: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(16 + entries.count * MemoryLayout<Entry>.stride + text.count)
    for number in [entries.count, MemoryLayout<Entry>.stride] { withUnsafeBytes(of: number) { result += $0 } }
    entries.withUnsafeBytes { result += $0 }
    return result + text
  }

  /// nil for what is no list of ours.
  init?(_ bytes: ArraySlice<UInt8>) {
    let stride = MemoryLayout<Entry>.stride
    let whole = bytes.withUnsafeBytes { raw -> ([Entry], [UInt8])? in
      guard raw.count >= 16 else { return nil }
      let count = raw.loadUnaligned(as: Int.self)
      guard raw.loadUnaligned(fromByteOffset: 8, as: Int.self) == stride, count >= 0, count <= (raw.count - 16) / stride else { return nil }
      let end = 16 + count * stride
      // Looked at before it is taken for an entry: in memory a kind is its number, and a Bool 0 or 1.
      for start in Swift.stride(from: 16, to: end, by: stride) where raw[start] >= Kind.allCases.count || raw[start + 1] > 1 { return nil }
      let entries = [Entry](unsafeUninitializedCapacity: count) { target, filled in
        if count > 0 { memcpy(target.baseAddress!, raw.baseAddress! + 16, count * stride) }
        filled = count
      }
      return (entries, Array(raw[end...]))
    }
    guard let (entries, text) = whole else { return nil }
    for entry in entries {
      guard entry.length >= 0, entry.targetLength >= 0, entry.start >= 0, entry.start <= text.count, entry.length <= text.count, entry.targetLength <= text.count,
        entry.start + entry.length + entry.targetLength <= text.count, entry.facts.size >= 0,
        (0..<SourceDate.end).contains(entry.time)
      else { return nil }
      if entry.kind == .file { self.bytes.add(entry.facts.size) }
    }
    self.entries = entries
    self.text = text
  }
}
