import Archives
import Command
import Contexts
import Glibc
import Records
import Settings

/// The server's side of a connection with draft-remote, over standard input and output: receives what a record needs,
/// runs build, push and release for it in child processes, and sends back log lines and results. See draft-serve(1).
///
/// Nothing from the client is used as a path here. If a client goes away during work, the work ends: the stages and the
/// programs they run get SIGTERM, and temporary files are removed. At the end of the input with no work left, it exits.
public func serve(call: Call) throws -> ExitCode {
  // A client that is gone is noticed when writing, and then its work must be ended.
  signal(SIGPIPE, SIG_IGN)
  let server = Serving(home: try Home(), writer: FrameWriter(STDOUT_FILENO), call: call)
  do { return try server.run() } catch {
    guard let diagnosis = error as? any Diagnosis else { throw error }
    try? server.writer.send(
      .members([
        "type": .string("error"), "code": .integer(Int(diagnosis.exitCode.rawValue)),
        "message": .string(diagnosis.message), "hint": diagnosis.hint.map(JSON.string)
      ]))
    server.abandonWork()
    throw error
  }
}

final class Serving: @unchecked Sendable {
  /// Seconds of silence after which a client is taken for dead: it sends something every ten.
  private static let patience: Int32 = 60
  /// Lines handled at once; others wait.
  private static let limit = 16

  let home: Home
  let writer: FrameWriter
  let call: Call
  private(set) var orders = StageOrders()
  private(set) var cluster: ClusterAccess?
  private var place: WorkPlace?
  private let lock = Lock()
  private var waiting: [Work] = []
  private var inHand = 0
  private var running = 0
  private var isGone = false

  init(home: Home, writer: FrameWriter, call: Call) {
    self.home = home
    self.writer = writer
    self.call = call
  }

  func run() throws -> ExitCode {
    try writer.send(
      .members(["type": .string("hello"), "protocol": .integer(Frame.version), "version": .string(draftVersion)]))
    let intake = try Intake(home)
    var parser = FrameParser(), greeted = false
    while let bytes = try read() {
      bytes.withUnsafeBytes { parser.feed($0) }
      while let frame = try parser.next() {
        switch frame.type {
        case "ping": break
        case "hello" where !greeted:
          let version = frame.json["protocol"]?.integer ?? 0
          guard version == Frame.version else { throw RemoteError.version(theirs: version) }
          orders = try StageOrders(frame.json)
          cluster = try ClusterAccess(token: frame.json["token"]?.string)
          place = try WorkPlace(home)
          greeted = true
        case "work" where greeted: try begin(try Work(frame.json), intake)
        case "chunk" where greeted: try take(frame, intake)
        default: throw RemoteError.violation("'\(frame.type)' is not allowed here")
        }
      }
    }
    // No client is left for the work in progress.
    if lock.locked({ inHand > 0 }) { abandon() }
    place?.remove()
    return .done
  }

  /// The next bytes; nil at the end.
  private func read() throws -> [UInt8]? {
    var chunk = [UInt8](repeating: 0, count: 262_144)
    while true {
      var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      if uninterrupted({ poll(&wait, 1, Serving.patience * 1_000) }) == 0 { abandon() }
      let count = uninterrupted { Glibc.read(STDIN_FILENO, &chunk, chunk.count) }
      if count < 0, errno == EAGAIN { continue }
      // A reset connection has ended as well.
      guard count > 0 else { return nil }
      return Array(chunk[..<count])
    }
  }

  // MARK: receiving

  private func begin(_ work: Work, _ intake: Intake) throws {
    guard
      lock.locked({
        inHand += 1; return inHand <= 64
      })
    else { throw RemoteError.violation("more than 64 records at once") }
    var work = work
    var wanted: [JSON] = []
    for blob in work.blobs {
      guard let offset = try intake.needed(blob.digest, size: blob.size, blob.kind) else { continue }
      work.missing.insert(blob.digest)
      wanted.append(.members(["digest": .string(blob.digest), "offset": .integer(offset)]))
    }
    work.paths = Dictionary(work.blobs.map { ($0.digest, intake.path($0.digest, $0.kind)) }) { first, _ in first }
    try writer.send(.members(["type": .string("want"), "id": .integer(work.id), "blobs": .array(wanted)]))
    lock.locked { waiting.append(work) }
    start()
  }

  private func take(_ frame: Frame, _ intake: Intake) throws {
    guard let digest = frame.json["digest"]?.string, let offset = frame.json["offset"]?.integer else {
      throw RemoteError.violation("a chunk without digest and offset")
    }
    do {
      guard try intake.receive(digest, at: offset, frame.bytes) else { return }
      lock.locked { for index in waiting.indices { waiting[index].missing.remove(digest) } }
    } catch ArchiveError.payloadDiffers {
      // A file kept from an interrupted upload may have been damaged: ask for it once more. If it was sent just now,
      // give up.
      let (again, given) = lock.locked { () -> (Int?, [Work]) in
        guard let index = waiting.firstIndex(where: { $0.missing.contains(digest) }) else { return (nil, []) }
        if waiting[index].again.insert(digest).inserted { return (waiting[index].id, []) }
        defer { waiting.removeAll { $0.missing.contains(digest) } }
        return (nil, waiting.filter { $0.missing.contains(digest) })
      }
      for work in given { finish(work, work.failed(RemoteError.differs(digest: digest))) }
      guard let again else { if given.isEmpty { throw RemoteError.violation("an unexpected chunk") } else { return } }
      let blob: JSON = .members(["digest": .string(digest), "offset": .integer(0)])
      try writer.send(.members(["type": .string("want"), "id": .integer(again), "blobs": .array([blob])]))
    }
    start()
  }

  // MARK: the work

  /// Starts records that have all they need, as far as there is room.
  private func start() {
    while let work = next(), let place {
      Thread.detachOrDo { [self] in
        let members = work.run(in: place, orders, cluster) { [self] text in
          tell(.members(["type": .string("log"), "id": .integer(work.id), "text": .string(withoutEnd(text))]))
        }
        lock.locked { running -= 1 }
        finish(work, members)
        // There is room now for a waiting record.
        start()
      }
    }
  }

  private func next() -> Work? {
    lock.locked {
      guard running < Serving.limit, let index = waiting.firstIndex(where: { $0.missing.isEmpty }) else { return nil }
      running += 1
      return waiting.remove(at: index)
    }
  }

  private func finish(_ work: Work, _ members: [(name: String, value: JSON)]) {
    lock.locked { inHand -= 1 }
    tell(.members(["type": .string("done"), "id": .integer(work.id), "members": .object(members)]))
  }

  private func tell(_ json: JSON) { do { try writer.send(json) } catch { abandon() } }

  func abandonWork() { if lock.locked({ inHand > 0 }) { abandon() } }

  /// Ends the process as SIGTERM would: first the children, then temporary files, then this process.
  private func abandon() -> Never {
    if lock.locked({
      defer { isGone = true }; return !isGone
    }) {
      call.debug("the client is gone")
      kill(getpid(), SIGTERM)
    }
    while true { pause() }
  }
}
