import Glibc

/// What a tree looked like when it was packed last: for each entry in the order of the walk its path and mode, for a file also
/// size, device, inode and both times, and the digest of its content. A tree that looks the same is the same, and no file is read.
///
/// A file that was written just before it was read may be written again without its times moving: the clock of a file system
/// ticks in milliseconds, on some in seconds. Such an entry is marked, and its file is read again to be compared. Nobody can set
/// the change time of a file, so a program that puts the old modification time back is found out too.
struct TreeMemory {
  /// How long after its last change a file is believed: longer than the coarsest clock, FAT's two seconds.
  private static let tick = 3

  private let now: Int
  private(set) var bytes: [UInt8] = []

  /// - Parameter now: seconds since 1970, before the first file is read.
  init(now: Int) { self.now = now }

  mutating func directory(_ path: [UInt8], mode: mode_t) {
    bytes.append(UInt8(ascii: "d"))
    number(Int(mode))
    text(path)
  }

  mutating func link(_ path: [UInt8], to target: [UInt8]) {
    bytes.append(UInt8(ascii: "l"))
    text(path)
    text(target)
  }

  /// The memory as it was, but for the files at `places`, which have been read again since and are no longer fresh.
  init(_ memory: ArraySlice<UInt8>, settled places: [Int]) {
    now = 0
    bytes = Array(memory)
    for place in places { bytes[place - memory.startIndex] = UInt8(ascii: "f") }
  }

  /// Whether a file may be written again without its times moving.
  static func isFresh(_ status: stat, at now: Int) -> Bool { max(status.st_mtim.tv_sec, status.st_ctim.tv_sec) + tick >= now }

  mutating func file(_ path: [UInt8], _ status: stat, content: String) {
    bytes.append(UInt8(ascii: TreeMemory.isFresh(status, at: now) ? "r" : "f"))
    facts(status)
    text(path)
    text(Array(content.utf8))
  }

  /// What of a status tells one state of a file from another.
  fileprivate mutating func facts(_ status: stat) {
    number(Int(status.st_mode))
    number(Int(status.st_size))
    number(Int(bitPattern: UInt(status.st_dev)))
    number(Int(bitPattern: UInt(status.st_ino)))
    for time in [status.st_mtim, status.st_ctim] {
      number(time.tv_sec)
      number(time.tv_nsec)
    }
  }

  private mutating func text(_ text: [UInt8]) {
    number(text.count)
    bytes += text
  }

  fileprivate mutating func number(_ value: Int) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
}

/// Holds a walk against a ``TreeMemory``. Throws ``Differs`` at the first entry that is another one.
final class TreeComparison: ContextVisitor {
  struct Differs: Error {}

  private let root: String
  private let memory: ArraySlice<UInt8>
  private let now: Int
  private var at: Int
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 262_144, alignment: 4_096)
  /// How many files had to be read again.
  private(set) var reread = 0
  /// Where in the memory those of them are that need not be read next time.
  private(set) var settled: [Int] = []

  /// - Parameter now: seconds since 1970, before the first file is read.
  init(root: String, memory: ArraySlice<UInt8>, now: Int) {
    self.root = root
    self.now = now
    self.memory = memory
    at = memory.startIndex
  }

  deinit { buffer.deallocate() }

  /// Nothing that was there is missing.
  var isAtEnd: Bool { at == memory.endIndex }

  func directory(_ path: [UInt8], mode: mode_t) throws {
    var expected = TreeMemory(now: 0)
    expected.directory(path, mode: mode)
    try match(expected.bytes)
  }

  func link(_ path: [UInt8], to target: [UInt8]) throws {
    var expected = TreeMemory(now: 0)
    expected.link(path, to: target)
    try match(expected.bytes)
  }

  func file(_ path: [UInt8], _ status: stat, name: [UInt8], in directory: SourceDirectory) throws {
    guard at < memory.endIndex else { throw Differs() }
    let kind = memory[at], place = at
    at += 1
    var expected = TreeMemory(now: 0)
    expected.facts(status)
    expected.number(path.count)
    try match(expected.bytes + path)
    var length = TreeMemory(now: 0)
    length.number(64)
    try match(length.bytes)
    guard at + 64 <= memory.endIndex else { throw Differs() }
    let content = memory[at..<(at + 64)]
    at += 64
    switch kind {
    case UInt8(ascii: "f"): return
    case UInt8(ascii: "r"):
      reread += 1
      let file = try SourceFile(name, in: directory.descriptor, path: root + "/" + PathBytes.text(path))
      var hash = SHA256()
      try file.read(by: buffer) { hash.update($0) }
      guard content.elementsEqual(hash.finish().utf8) else { throw Differs() }
      if !TreeMemory.isFresh(status, at: now) { settled.append(place) }
    default: throw Differs()
    }
  }

  private func match(_ expected: [UInt8]) throws {
    guard memory[at...].starts(with: expected) else { throw Differs() }
    at += expected.count
  }
}
