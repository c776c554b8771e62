import CSystem
import Command
import Glibc
import Records

/// What the two sides say to each other: a JSON object on a line, and after a `chunk` the bytes it announces. See draft-serve(1).
struct Frame {
  static let version = 1
  /// A line is a record's members at most; a chunk is small, so that a ping or a log line never waits long for its turn.
  static let lineLimit = 16 << 20, chunkLimit = 1 << 20, chunk = 256 << 10

  var json: JSON
  var bytes: [UInt8] = []

  var type: String { json["type"]?.string ?? "" }
}

/// Takes frames out of a stream of bytes. Nothing is believed: a line that is too long or no object ends the conversation.
struct FrameParser {
  private var buffer: [UInt8] = []
  private var start = 0
  private var searched = 0
  private var waiting: (json: JSON, size: Int)?

  mutating func feed(_ bytes: UnsafeRawBufferPointer) {
    if start > Frame.chunk {
      buffer.removeSubrange(..<start)
      searched -= start
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole frame; nil when more bytes are needed.
  mutating func next() throws(RemoteError) -> Frame? {
    if let waiting {
      guard buffer.count - start >= waiting.size else { return nil }
      self.waiting = nil
      defer { start += waiting.size; searched = start }
      return Frame(json: waiting.json, bytes: Array(buffer[start..<start + waiting.size]))
    }
    guard let feed = buffer[searched...].firstIndex(of: 0x0A) else {
      searched = buffer.count
      guard buffer.count - start <= Frame.lineLimit else { throw .gibberish(String(decoding: buffer[start..<start + 80], as: UTF8.self)) }
      return nil
    }
    let line = Array(buffer[start..<feed])
    guard let json = try? JSON(parsing: line), json.object != nil, line.count <= Frame.lineLimit else {
      throw .gibberish(String(decoding: line.prefix(80), as: UTF8.self))
    }
    start = feed + 1
    searched = start
    let frame = Frame(json: json)
    guard frame.type == "chunk" else { return frame }
    guard let size = json["size"]?.integer, (1...Frame.chunkLimit).contains(size) else { throw .violation("a chunk without a size from 1 to \(Frame.chunkLimit)") }
    waiting = (json, size)
    return try next()
  }
}

/// Writes frames, each whole, from any thread.
final class FrameWriter: Sendable {
  private let descriptor: Int32
  private let lock = Lock()

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Throws ``RemoteError/lost(target:said:)`` when the other side is gone.
  func send(_ json: JSON, _ bytes: [UInt8] = []) throws {
    try lock.locked {
      let line = json.bytes + [0x0A]
      try write(bytes.isEmpty ? line : line + bytes)
    }
  }

  /// A socket is told not to raise SIGPIPE; a pipe's writer has to have it ignored.
  private func write(_ bytes: [UInt8]) throws {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        uninterrupted {
          let more = Glibc.send(descriptor, buffer.baseAddress! + done, buffer.count - done, Int32(MSG_NOSIGNAL))
          return more < 0 && errno == ENOTSOCK ? Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done) : more
        }
      }
      if count >= 0 { done += count; continue }
      guard errno == EAGAIN else { throw RemoteError.lost(target: "the other side", said: errnoText(errno)) }
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&wait, 1, -1)
    }
  }
}

/// A line without its end, of which `\r\n` is one character to Swift.
func withoutEnd(_ line: String) -> String {
  var line = line
  while line.last?.isNewline == true { line.removeLast() }
  return line
}
