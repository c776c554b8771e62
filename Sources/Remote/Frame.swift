import CSystem
import Command
import Glibc
import Records

/// A message between client and server: a JSON object on a line, and after a `chunk` the bytes it announces. See
/// draft-serve(1).
struct Frame {
  static let version = 1
  /// A line holds at most a record's members; chunks are small, so that a ping or a log line never waits long.
  static let lineLimit = 16 << 20, chunkLimit = 1 << 20, chunk = 256 << 10

  var json: JSON
  var bytes: [UInt8] = []

  var type: String { json["type"]?.string ?? "" }
}

/// Parses frames from a stream of bytes. The input is not trusted: a line that is too long or not an object ends the
/// connection.
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

  /// The next complete frame; nil if more bytes are needed.
  mutating func next() throws(RemoteError) -> Frame? {
    if let waiting {
      guard buffer.count - start >= waiting.size else { return nil }
      self.waiting = nil
      defer { start += waiting.size; searched = start }
      return Frame(json: waiting.json, bytes: Array(buffer[start..<start + waiting.size]))
    }
    guard let feed = buffer[searched...].firstIndex(of: 0x0A) else {
      searched = buffer.count
      guard buffer.count - start <= Frame.lineLimit else {
        throw .gibberish(String(decoding: buffer[start..<start + 80], as: UTF8.self))
      }
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
    guard let size = json["size"]?.integer, (1...Frame.chunkLimit).contains(size) else {
      throw .violation("a chunk without a size from 1 to \(Frame.chunkLimit)")
    }
    waiting = (json, size)
    return try next()
  }
}

/// Writes complete frames from any thread.
final class FrameWriter: Sendable {
  private let descriptor: Int32
  private let lock = Lock()

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Throws ``RemoteError/lost(target:said:)`` if the other side is gone.
  func send(_ json: JSON, _ bytes: [UInt8] = []) throws {
    try lock.locked {
      let line = json.bytes + [0x0A]
      try write(bytes.isEmpty ? line : line + bytes)
    }
  }

  /// MSG_NOSIGNAL prevents SIGPIPE on a socket; for a pipe the caller must ignore the signal.
  private func write(_ bytes: [UInt8]) throws {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        uninterrupted {
          let more = Glibc.send(descriptor, buffer.baseAddress! + done, buffer.count - done, Int32(MSG_NOSIGNAL))
          return more < 0 && errno == ENOTSOCK
            ? Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done) : more
        }
      }
      if count >= 0 { done += count; continue }
      guard errno == EAGAIN else { throw RemoteError.lost(target: "the other side", said: errnoText(errno)) }
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&wait, 1, -1)
    }
  }
}

/// A line without its line end; `\r\n` is one character in Swift.
func withoutEnd(_ line: String) -> String {
  var line = line
  while line.last?.isNewline == true { line.removeLast() }
  return line
}
