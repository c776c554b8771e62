import CSystem
import Command
import Glibc
import Records

/// The client's end of a connection: the program that connects to the server, frames in both directions, and the
/// replies for each record.
final class Link: @unchecked Sendable {
  /// The server's replies about one record.
  private struct Reply {
    var wants: [(digest: String, offset: Int)] = []
    var isAnswered = false
    var members: [(name: String, value: JSON)]?
    let log: @Sendable (String) -> Void
  }

  let target: Target
  private let call: Call
  /// One upload at a time, so that files shared by two records are sent once.
  let uploads = Lock()
  private let lock = Lock()
  private let writer: FrameWriter
  private let descriptor: Int32
  private var parser = FrameParser()
  private var replies: [Int: Reply] = [:]
  private var lastID = 0
  private var isGreeted = false
  private var end: (any Error)?
  /// The program's last output, which is the reason it ended; and its output before the server's first frame, shown
  /// once the server answers.
  private var said = ""
  private var early: [String] = []

  /// - Parameter hello: the members of our hello besides type and protocol.
  init(_ target: Target, hello: [(name: String, value: JSON)], call: Call) throws {
    self.target = target
    self.call = call
    let argv = try target.argv()
    var ends: [Int32] = [-1, -1]
    guard csystem_socketpair(&ends) == 0 else { throw SystemError("cannot start '\(argv[0])'", errno) }
    descriptor = ends[0]
    writer = FrameWriter(descriptor)
    let theirs = ends[1]
    call.debug(argv.joined(separator: " "))
    Thread.detach { [self] in
      let end = OpenFile(theirs)
      do {
        let result = try Child.run(
          argv, inputFile: end.descriptor, output: .bytes { [self] in try take($0) },
          errors: .lines { [self] line in
            let text = withoutEnd(line)
            let isEarly = lock.locked {
              said = text
              if !isGreeted { early.append(text) }
              return !isGreeted
            }
            if !isEarly { call.relay(text) }
          },
          slow: { [self] in
            if lock.locked({ !isGreeted }) { call.say("Waiting for the server at '\(target.text)' to answer") }
          })
        // The last line is the reason, which is part of the error.
        lock.locked { early.removeLast(min(1, early.count)) }
        relayEarly()
        finish(
          isGreeted
            ? RemoteError.lost(target: target.text, said: said)
            : .unreachable(target: target.text, said: said, status: result.status))
      } catch { finish(error) }
    }
    // The server takes a silent client for dead.
    Thread.detach { [self] in
      repeat { sleep(10) } while isAlive && (try? writer.send(.members(["type": .string("ping")]))) != nil
    }
    let own: [(name: String, value: JSON)] = [
      ("type", .string("hello")), ("protocol", .integer(Frame.version)), ("version", .string(draftVersion))
    ]
    try? writer.send(.object(own + hello))
  }

  var isAlive: Bool { lock.locked { end == nil } }

  /// Begins a record; returns its number in this connection.
  func begin(_ members: [(name: String, value: JSON)], log: @escaping @Sendable (String) -> Void) throws -> Int {
    let id = lock.locked {
      lastID += 1
      replies[lastID] = Reply(log: log)
      return lastID
    }
    try send(.object([("type", .string("work")), ("id", .integer(id))] + members))
    return id
  }

  /// Sends a frame; throws the reason the connection ended.
  func send(_ json: JSON, _ bytes: [UInt8] = []) throws {
    do { try writer.send(json, bytes) } catch { throw ending() }
  }

  /// Waits for the list of files that the server lacks.
  func wants(_ id: Int) throws -> [(digest: String, offset: Int)] {
    lock.lock()
    defer { lock.unlock() }
    while end == nil, replies[id]?.isAnswered == false { lock.wait() }
    if let end, replies[id]?.isAnswered == false { throw end }
    defer { replies[id]?.wants = [] }
    return replies[id]?.wants ?? []
  }

  /// Waits for the result of a record; nil if the server requests files again.
  func members(_ id: Int) throws -> [(name: String, value: JSON)]? {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if let members = replies[id]?.members {
        replies[id] = nil
        return members
      }
      if let end { throw end }
      if replies[id]?.wants.isEmpty == false { return nil }
      lock.wait()
    }
  }

  /// Why the connection has ended; waits until that is known.
  private func ending() -> any Error {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if let end { return end }
      lock.wait()
    }
  }

  private func relayEarly() {
    let lines = lock.locked {
      defer { early = [] }; return early
    }
    for line in lines { call.relay(line) }
  }

  private func finish(_ error: any Error) {
    lock.locked { if end == nil { end = error } }
    shutdown(descriptor, Int32(SHUT_RDWR))
    lock.broadcast()
  }

  /// The files that a `want` requests.
  static func wants(_ json: JSON) throws(RemoteError) -> [(digest: String, offset: Int)] {
    try (json["blobs"]?.array ?? []).map { blob throws(RemoteError) in
      guard let digest = blob["digest"]?.string, let offset = blob["offset"]?.integer, offset >= 0 else {
        throw .violation("it requests more than the file has")
      }
      return (digest, offset)
    }
  }

  private func take(_ bytes: UnsafeRawBufferPointer) throws {
    parser.feed(bytes)
    while let frame = try parser.next() { try take(frame) }
  }

  private func take(_ frame: Frame) throws {
    let json = frame.json, id = json["id"]?.integer ?? 0
    switch frame.type {
    case "hello":
      let version = json["protocol"]?.integer ?? 0
      guard version == Frame.version else { throw RemoteError.version(theirs: version) }
      lock.locked { isGreeted = true }
      relayEarly()
    case "ping": break
    case "want":
      let wants = try Link.wants(json)
      lock.locked {
        replies[id]?.wants += wants
        replies[id]?.isAnswered = true
      }
      lock.broadcast()
    case "log": lock.locked { replies[id]?.log }?(json["text"]?.string ?? "")
    case "done":
      lock.locked {
        replies[id]?.members = json["members"]?.object ?? []
        replies[id]?.isAnswered = true
      }
      lock.broadcast()
    case "error":
      finish(
        RemoteError.refused(
          code: json["code"]?.integer ?? 1, message: json["message"]?.string ?? "", hint: json["hint"]?.string))
    default: throw RemoteError.violation("'\(frame.type)' is not allowed here")
    }
  }
}
