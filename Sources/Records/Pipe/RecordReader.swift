import Glibc

/// Reads records from a file descriptor, one line at a time. A line may be as long as memory allows.
public struct RecordReader {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0
  /// Bytes before this offset hold no line feed.
  private var searched = 0
  private var atEnd = false
  private var line = 0

  public init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

  /// The next record, or nil at the end of the stream. Blank lines are skipped but counted.
  public mutating func next() throws(RecordError) -> Record? {
    while let bytes = try nextLine() {
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      return try Record(bytes, line: line)
    }
    return nil
  }

  /// Whether another whole line can be read without waiting.
  public mutating func hasLineWaiting() throws(RecordError) -> Bool {
    while true {
      if let end = lineFeed() {
        // Skip blank lines: a caller told of one would wait for the line after it.
        guard buffer[start..<end].allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { return true }
        _ = try nextLine()
        continue
      }
      guard !atEnd else { return false }
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard Glibc.poll(&poll, 1, 0) > 0, poll.revents & Int16(POLLIN) != 0 else { return false }
      try fill()
    }
  }

  /// Whether the stream stays quiet for that long: no whole line, and not the end either.
  public mutating func isQuiet(milliseconds: Int32) throws(RecordError) -> Bool {
    while lineFeed() == nil, !atEnd {
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = Glibc.poll(&poll, 1, milliseconds)
      if count == 0 { return true }
      if count > 0 { try fill() } else if errno != EINTR { return false }
    }
    return false
  }

  private mutating func nextLine() throws(RecordError) -> [UInt8]? {
    while true {
      if let end = lineFeed() {
        line += 1
        let bytes = Array(buffer[start..<end])
        start = end + 1
        searched = start
        return bytes
      }
      if atEnd {
        guard start < buffer.count else { return nil }
        line += 1
        // The bytes so far may look like a whole record without being one: never act on them.
        start = buffer.count
        throw .truncated(line: line)
      }
      try fill()
    }
  }

  private mutating func lineFeed() -> Int? {
    guard searched < buffer.count else { return nil }
    let found = buffer.withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress, let hit = memchr(base + searched, 0x0A, bytes.count - searched) else {
        return nil
      }
      return UnsafeRawPointer(hit) - base
    }
    if found == nil { searched = buffer.count }
    return found
  }

  private mutating func fill() throws(RecordError) {
    if start > 0 {
      buffer.removeSubrange(0..<start)
      searched -= start
      start = 0
    }
    // Read more at a time as a line grows, so that a long line is not copied once for each small read.
    let size = max(65_536, buffer.count)
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: size))
    var count: Int
    repeat {
      count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + old, size) }
      if count < 0, errno == EAGAIN {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&wait, 1, -1)
      }
    } while count < 0 && (errno == EINTR || errno == EAGAIN)
    let failure = errno
    buffer.removeLast(size - max(0, count))
    if count < 0 { throw .unreadable(errno: failure) }
    if count == 0 { atEnd = true }
  }
}
