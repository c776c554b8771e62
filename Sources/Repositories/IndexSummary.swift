import Charts
import Command
import Glibc
import OCI
import Records
import Settings
import YAML

/// What `draft search` needs of an index, in a small file of the draft home's cache. It is made again when the index is
/// another file or has changed: by device, inode, size and time.
///
///     magic[8]  device inode size mtime:u64  versions:u32
///     charts:   length:u32  name:text  count:u32  versions
///     version:  flags:u8  version:text  [appVersion:text]  [description:text]  [keywords:text]
///     text:     length:u16  bytes
///
/// Numbers are little-endian. The versions of a chart are sorted, the greatest first. What is the same as in the
/// version before is left out, and flagged. Keywords have line feeds between them.
struct IndexSummary {
  private static let magic = Array("draftix1".utf8)
  private static let headLength = 44
  /// Versions of one chart; it is what is in memory while a summary is made.
  static let versionLimit = 200_000
  /// Bytes of a description, and of the keywords.
  private static let textLimit = 1000

  enum Flag {
    static let preRelease: UInt8 = 1
    static let deprecated: UInt8 = 2
    static let sameAppVersion: UInt8 = 4
    static let sameDescription: UInt8 = 8
    static let sameKeywords: UInt8 = 16
  }

  let bytes: [UInt8]

  /// The summary of an index.
  /// - Parameter path: the index.
  /// - Throws: ``RepositoryError/badIndex(_:reason:)``, and if the index cannot be read.
  init(of path: String, home: Home) throws {
    let file = try OpenFile(path, O_RDONLY) { SystemError("cannot read '\(path)'", $0) }
    func head() throws -> [UInt8] {
      let status = try file.status()
      let time = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
      let words = [UInt64(status.st_dev), UInt64(status.st_ino), UInt64(bitPattern: Int64(status.st_size))]
      return IndexSummary.magic
        + (words + [UInt64(bitPattern: time)]).flatMap { word in
          withUnsafeBytes(of: word.littleEndian) { Array($0) }
        }
    }
    let identity = try head()
    let cache = try home.cache("search", limit: 64, bytes: 512 << 20)
    let name = Digest(of: Array(path.utf8)).hex
    if let known = cache.read(name, limit: ChartIndex.limit), known.starts(with: identity),
      known.count >= IndexSummary.headLength
    {
      bytes = known
      return
    }
    let temporary = try Temporary.file(beside: cache.path(name))
    defer { Temporary.remove(temporary.path) }
    var writer = Writer(descriptor: temporary.file.descriptor, head: identity)
    try writer.read(file.descriptor, shown: path)
    bytes = try Files.read(temporary.path, limit: ChartIndex.limit)
    // One that changed meanwhile, or may change within the same tick of the clock, is read again next time.
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let status = try file.status()
    let age = (now.tv_sec - status.st_mtim.tv_sec) &* 1000 &+ (now.tv_nsec - status.st_mtim.tv_nsec) / 1_000_000
    guard try head() == identity, !(0..<20).contains(age) else { return }
    try Files.place(temporary, at: cache.path(name), durable: false)
    cache.sweep()
  }

  // MARK: making it

  private struct Writer {
    private struct Entry {
      var version: Version
      var flags: UInt8
      var appVersion: [UInt8], description: [UInt8], keywords: [UInt8]
    }

    private let descriptor: Int32
    private var out: [UInt8]
    private var chart: [UInt8] = []
    private var entries: [Entry] = []
    private var count: UInt32 = 0

    init(descriptor: Int32, head: [UInt8]) {
      self.descriptor = descriptor
      out = head + [0, 0, 0, 0]
    }

    mutating func read(_ index: Int32, shown: String) throws {
      let fields = ["name", "version", "appVersion", "description", "keywords", "deprecated"]
      try ChartIndex.walk(fields: fields, readingFrom: index, shown: shown) { key, item in
        guard let item else {
          try finishChart()
          chart = key
          return
        }
        // As helm does, leave out what is no version.
        guard let text = item.text(1), let version = Version(String(decoding: text, as: UTF8.self)),
          item.text(0).map({ $0.elementsEqual(key) }) ?? true
        else { return }
        guard entries.count < IndexSummary.versionLimit else {
          throw RepositoryError.badIndex(
            shown,
            reason: "'\(String(decoding: key, as: UTF8.self))' has more than \(IndexSummary.versionLimit) versions"
          )
        }
        var flags = version.pre.isEmpty ? 0 : Flag.preRelease
        if item.text(5).map({ $0.elementsEqual("true".utf8) }) ?? false { flags |= Flag.deprecated }
        let keywords = item.texts(4).map { Writer.line($0) }.joined(separator: [0x0A])
        entries.append(
          Entry(
            version: version, flags: flags, appVersion: Writer.line(item.text(2) ?? []),
            description: Writer.line(item.text(3) ?? []), keywords: Array(keywords.prefix(IndexSummary.textLimit))))
      }
      try finishChart()
      try write()
      withUnsafeBytes(of: count.littleEndian) { bytes in
        _ = uninterrupted { pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(IndexSummary.headLength - 4)) }
      }
    }

    private mutating func finishChart() throws {
      defer { entries.removeAll(keepingCapacity: true) }
      guard !entries.isEmpty, ChartReference.isName(String(decoding: chart, as: UTF8.self)) else { return }
      // An index that helm wrote is sorted.
      if zip(entries, entries.dropFirst()).contains(where: { $0.version < $1.version }) {
        let order = entries.indices.sorted {
          entries[$0].version == entries[$1].version ? $0 < $1 : entries[$1].version < entries[$0].version
        }
        entries = order.map { entries[$0] }
      }
      var block: [UInt8] = []
      func add(_ text: some Collection<UInt8>) {
        withUnsafeBytes(of: UInt16(clamping: text.count).littleEndian) { block += $0 }
        block += text.prefix(Int(UInt16.max))
      }
      add(chart)
      withUnsafeBytes(of: UInt32(entries.count).littleEndian) { block += $0 }
      var before: Entry?
      for entry in entries {
        var flags = entry.flags
        if before?.appVersion == entry.appVersion { flags |= Flag.sameAppVersion }
        if before?.description == entry.description { flags |= Flag.sameDescription }
        if before?.keywords == entry.keywords { flags |= Flag.sameKeywords }
        block.append(flags)
        add(entry.version.original.utf8)
        if flags & Flag.sameAppVersion == 0 { add(entry.appVersion) }
        if flags & Flag.sameDescription == 0 { add(entry.description) }
        if flags & Flag.sameKeywords == 0 { add(entry.keywords) }
        before = entry
      }
      count &+= UInt32(entries.count)
      withUnsafeBytes(of: UInt32(block.count).littleEndian) { out += $0 }
      out += block
      if out.count > 1 << 18 { try write() }
    }

    private mutating func write() throws {
      do { try writeAll(out, to: descriptor) } catch {
        throw SystemError("cannot write a summary of an index", error.errno, code: .cannotCreate)
      }
      out.removeAll(keepingCapacity: true)
    }

    /// A text on one line, within the limit and whole in UTF-8.
    private static func line(_ text: ArraySlice<UInt8>) -> [UInt8] {
      var line = Array(text.prefix(IndexSummary.textLimit))
      if text.count > line.count {
        while let last = line.last, last & 0xC0 == 0x80 { line.removeLast() }
        if let last = line.last, last >= 0xC0 { line.removeLast() }
      }
      while let last = line.last, last == 0x0A || last == 0x20 { line.removeLast() }
      for index in line.indices where line[index] == 0x0A || line[index] == 0 { line[index] = 0x20 }
      return line
    }
  }

  // MARK: reading it

  /// One version of a chart: where its texts are in the summary.
  struct Entry {
    var flags: UInt8 = 0
    var version = 0..<0, appVersion = 0..<0, description = 0..<0, keywords = 0..<0
    var isPreRelease: Bool { flags & Flag.preRelease != 0 }
    var isDeprecated: Bool { flags & Flag.deprecated != 0 }
  }

  /// A chart: its name, and where its versions are.
  struct Chart {
    var name: Range<Int>
    var versions: Range<Int>
    var count: Int
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// Calls the body with each chart, in the order of the index; it returns false to stop. A file that is not whole ends
  /// early.
  func charts(_ body: (Chart) throws -> Void) rethrows {
    var at = IndexSummary.headLength
    while let length = number(&at, 4, end: bytes.count), length <= bytes.count - at {
      let end = at + length
      guard let name = span(&at, end: end), let count = number(&at, 4, end: end) else { return }
      try body(Chart(name: name, versions: at..<end, count: count))
      at = end
    }
  }

  /// Calls the body with each version, the greatest first; it returns false to stop.
  func versions(of chart: Chart, _ body: (Entry) throws -> Bool) rethrows {
    var at = chart.versions.lowerBound, entry = Entry()
    let end = chart.versions.upperBound
    while at < end {
      let flags = bytes[at]
      at += 1
      entry.flags = flags
      guard let version = span(&at, end: end) else { return }
      entry.version = version
      if flags & Flag.sameAppVersion == 0 { entry.appVersion = span(&at, end: end) ?? 0..<0 }
      if flags & Flag.sameDescription == 0 { entry.description = span(&at, end: end) ?? 0..<0 }
      if flags & Flag.sameKeywords == 0 { entry.keywords = span(&at, end: end) ?? 0..<0 }
      guard try body(entry) else { return }
    }
  }

  private func number(_ at: inout Int, _ length: Int, end: Int) -> Int? {
    guard length <= end - at else { return nil }
    defer { at += length }
    return (0..<length).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
  }

  private func span(_ at: inout Int, end: Int) -> Range<Int>? {
    guard let length = number(&at, 2, end: end), length <= end - at else { return nil }
    defer { at += length }
    return at..<at + length
  }
}
