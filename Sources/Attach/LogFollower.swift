import Command
import Glibc
import Records

/// Follows the logs of containers as they start, restart and end: one child program for each.
///
/// Each line is requested with its time, which is removed again: after a lost connection or a restart it tells which
/// lines have been shown already.
final class LogFollower: @unchecked Sendable {
  struct Source: Hashable, Sendable {
    var pod: String
    var container: String
  }

  /// The newest run of a container that has a log.
  struct Run: Equatable, Sendable {
    var id: String
    var isRunning: Bool
  }

  /// The program and arguments that follow a container: from a time, else the last lines, else from the beginning.
  typealias Program = @Sendable (_ source: Source, _ since: String?, _ tail: Int?) -> [String]

  /// Reads the log of a container's run to its end: on from a place, else the last lines, else from the beginning.
  typealias Reading =
    @Sendable (_ source: Source, _ place: Place, _ tail: Int?, _ write: @escaping @Sendable ([UInt8]) -> Void) -> Void

  private let read: Reading
  private let output: LogOutput
  private let tail: Int?
  private let pause: UInt32
  private let call: Call
  private let lock = Lock()
  private var runs: [Source: Run] = [:]
  private var followed: Set<Source> = []
  private var active: Set<Source> = []
  /// How far each log has been read. Kept when a container is gone: a list made while a release is replaced may lack it
  /// once.
  private var places: [Source: Place] = [:]
  private var isFirst = true
  private var hasWarned = false
  private static let limit = 50

  /// - Parameters:
  ///   - tail: how many earlier lines to show.
  ///   - pause: microseconds that a log which appears later waits, while there is something more urgent to do; no lines
  ///     are lost.
  init(tail: Int?, pause: UInt32 = 0, output: LogOutput, call: Call, read: @escaping Reading) {
    self.tail = tail
    self.pause = pause
    self.output = output
    self.call = call
    self.read = read
  }

  /// - Parameter isTimed: a line without a time is the program's own, such as what kubectl prints about a pod that has
  ///   just gone.
  convenience init(
    tail: Int?, pause: UInt32 = 0, output: LogOutput, call: Call, isTimed: Bool, program: @escaping Program
  ) {
    self.init(tail: tail, pause: pause, output: output, call: call) { source, place, tail, write in
      LogFollower.run(
        program(source, place.since, place.since == nil ? tail : nil), source, place, isTimed: isTimed, call: call,
        write)
    }
  }

  /// Reads the log of a run by a program that puts a time before each line.
  static func run(
    _ argv: [String], _ source: Source, _ place: Place, isTimed: Bool, call: Call,
    _ write: @escaping @Sendable ([UInt8]) -> Void
  ) {
    call.debug(argv.joined(separator: " "))
    place.begin()
    let lines = LineSplitter { line in
      if isTimed, !LogLine.hasTime(line) {
        return call.debug("\(source.pod)/\(source.container): \(String(decoding: line, as: UTF8.self).trimmed)")
      }
      if let text = place.take(line) { write(text) }
    }
    // podman writes a container's standard error to its own.
    let result = try? Child.run(
      argv, output: .bytes { lines.take($0) }, errors: argv[0] == "podman" ? .joined : .capture)
    lines.finish()
    if let words = result?.errorText, !words.isEmpty {
      call.debug("\(source.pod)/\(source.container): \(words.trimmed)")
    }
  }

  /// Replaces the list of sources. A source that is no longer in it ends when its log does.
  func update(_ now: [(source: Source, run: Run)]) {
    lock.lock()
    defer { lock.unlock() }
    runs = Dictionary(now.map { ($0.source, $0.run) }) { $1 }
    for (source, _) in now where !followed.contains(source) {
      guard followed.count < LogFollower.limit else {
        if !hasWarned { call.warn("following the first \(LogFollower.limit) containers; choose with --container") }
        hasWarned = true
        break
      }
      followed.insert(source)
      let tail = isFirst ? tail : nil, pause = isFirst ? 0 : pause
      Thread.detach { [self] in
        if pause > 0 { usleep(pause) }
        follow(source, tail: tail)
      }
    }
    isFirst = false
    lock.broadcast()
  }

  /// Waits until some current log has no reader.
  func waitForEnd() {
    lock.lock()
    while !runs.isEmpty, runs.keys.allSatisfy(active.contains) { lock.wait() }
    lock.unlock()
  }

  private func follow(_ source: Source, tail: Int?) {
    let prefix = output.prefix(source)
    let place = lock.locked { () -> Place in
      let place = places[source] ?? Place()
      places[source] = place
      return place
    }
    var done: String?, tail = tail
    while let run = next(source, after: done) {
      _ = lock.locked { active.insert(source) }
      read(source, place, tail) { [output] in output.write(prefix, $0) }
      tail = nil
      lock.lock()
      active.remove(source)
      // A log that ends while its container runs was cut off, or we have yet to hear that the container ended.
      let isCut = runs[source].map { $0.id == run.id && $0.isRunning } ?? false
      done = isCut ? nil : run.id
      lock.broadcast()
      lock.unlock()
      if isCut { usleep(1_000_000) }
    }
    lock.locked { _ = followed.remove(source) }
  }

  /// Waits for a run whose log has not been read to its end; nil when the source is gone.
  private func next(_ source: Source, after done: String?) -> Run? {
    lock.lock()
    defer { lock.unlock() }
    while let run = runs[source] {
      if run.id != done { return run }
      lock.wait()
    }
    return nil
  }

  /// How far the log of one container has been read. Used by one child at a time.
  final class Place: @unchecked Sendable {
    private(set) var since: String?
    /// Where the previous child stopped.
    private var end: String?

    /// Called when another child starts.
    func begin() { end = since }

    /// A line without its time; nil for one that has been shown already.
    func take(_ line: [UInt8]) -> [UInt8]? {
      guard let count = LogLine.time(line[...]) else { return line }
      let time = String(decoding: line[..<count], as: UTF8.self)
      if let end, time <= end { return nil }
      // With two streams joined, a line may be older than the one before it.
      since = max(since ?? time, time)
      return LogLine.whole(line[(count + 1)...])
    }
  }
}

enum LogLine {
  static func hasTime(_ line: [UInt8]) -> Bool { time(line[...]) != nil }

  /// The length of the time at the start of a line, which a space follows: RFC 3339 as kubectl and podman write it,
  /// with up to nine digits after the second's point.
  static func time(_ text: ArraySlice<UInt8>) -> Int? {
    let bytes = Array(text.prefix(37))
    guard let count = bytes.firstIndex(of: 0x20), count >= 20, bytes[4] == UInt8(ascii: "-"),
      bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
      bytes[13] == UInt8(ascii: ":"), bytes[..<4].allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return count
  }

  /// Container runtimes store a long line in pieces of 16 KiB, and older kubelets put a time before each piece.
  static let piece = 16_384

  /// A line without the times inside it.
  static func whole(_ line: ArraySlice<UInt8>) -> [UInt8] {
    guard line.count > piece else { return Array(line) }
    var out: [UInt8] = [], rest = line
    while rest.count > piece {
      out += rest.prefix(piece)
      rest = rest.dropFirst(piece)
      // Only a time with a fraction and a zone is the kubelet's.
      if let count = time(rest), count >= 28 || rest.dropFirst(count - 1).first == UInt8(ascii: "Z") {
        rest = rest.dropFirst(count + 1)
      }
    }
    return out + rest
  }
}

/// Splits bytes that arrive in pieces of any size into lines, without their line feeds.
final class LineSplitter: @unchecked Sendable {
  private var begun: [UInt8] = []
  private let body: ([UInt8]) -> Void

  init(_ body: @escaping ([UInt8]) -> Void) { self.body = body }

  func take(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    while let feed = rest.firstIndex(of: 0x0A) {
      begun += rest[..<feed]
      rest = rest[(feed + 1)...]
      body(begun)
      begun.removeAll(keepingCapacity: true)
    }
    begun += rest
  }

  /// Passes on a last line that lacks its line feed.
  func finish() {
    if !begun.isEmpty { body(begun) }
    begun = []
  }
}

/// Writes lines of containers, each with its container's name in front, in a colour of its own on a terminal.
final class LogOutput: @unchecked Sendable {
  private let descriptor: Int32
  private let lock = Lock()
  private let colored: Bool
  private var count = 0
  private var failure: (any Error)?
  /// Cyan, green, magenta, yellow, blue, and their bright variants. Red is for errors.
  private static let colors = [36, 32, 35, 33, 34, 96, 92, 95, 93, 94]

  init(descriptor: Int32) {
    self.descriptor = descriptor
    colored = Diagnostics.wantsColor(descriptor)
  }

  /// `[web-5d9c-x2x/web]: `
  func prefix(_ source: LogFollower.Source) -> String {
    let text = "[\(source.pod)/\(source.container)]:"
    guard colored else { return text + " " }
    let color = lock.locked { () -> Int in
      count += 1
      return LogOutput.colors[(count - 1) % LogOutput.colors.count]
    }
    return "\u{1B}[\(color)m\(text)\u{1B}[0m "
  }

  func write(_ prefix: String, _ text: [UInt8]) {
    let bytes = Array(prefix.utf8) + text + [0x0A]
    lock.locked {
      guard failure == nil else { return }
      do { try writeAll(bytes, to: descriptor) } catch {
        failure = error
        lock.broadcast()
      }
    }
  }

  /// Throws the first error met in writing, if any.
  func check() throws { if let failure = lock.locked({ failure }) { throw failure } }

  /// Waits until writing fails, and throws that error.
  func waitForFailure() throws {
    lock.lock()
    while failure == nil { lock.wait() }
    lock.unlock()
    try check()
  }
}
