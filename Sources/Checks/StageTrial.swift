import CSystem
import Command
import Glibc
import Records

/// Why a check of a stage failed; its sentences become TAP comments.
struct Fault: Error {
  let reasons: [String]
  init(_ reason: String) { reasons = [reason] }
  init(_ reason: String, _ outcome: StageTrial.Outcome) {
    reasons = [reason] + outcome.lastWords.map { "it said: \($0)" }
  }
}

/// A stage under test, run on a stream.
struct StageTrial {
  let command: [String]
  /// The time limit for one stream.
  let seconds: Double
  /// The directory for streams, removed with its contents after the tests.
  let directory: String

  struct Outcome {
    let status: Int32
    let output: [UInt8]
    let errors: String

    var lastWords: [String] { errors.lines.suffix(3).map(String.init) }
    /// The lines, with their line feeds.
    var lines: [[UInt8]] {
      var lines: [[UInt8]] = [], rest = output[...]
      while let end = rest.firstIndex(of: 0x0A) {
        lines.append(Array(rest[...end]))
        rest = rest[(end + 1)...]
      }
      return rest.isEmpty ? lines : lines + [Array(rest)]
    }
  }

  /// What happens to the stage's standard output. `$0` is the file with the stream, `$@` the stage.
  enum Output: String {
    case read = #"cat "$0" | "$@""#
    case full = #"cat "$0" | "$@" >/dev/full"#
    case closed = #"cat "$0" | "$@" >&-"#
    /// The reader exits after the first record.
    case left = #"{ cat "$0" | "$@"; echo $? >"$0.status"; } | head -n 1 >/dev/null"#
  }

  /// Runs the stage on a stream through a pipe and waits for its end. Throws ``Fault`` if it hangs.
  func run(_ stream: [UInt8], _ arguments: [String] = [], to output: Output = .read) throws -> Outcome {
    let file = directory + "/stream"
    try Files.write(stream, to: file, durable: false)
    let result = try Child.run(
      ["sh", "-c", output.rawValue, file] + command(with: arguments), output: .capture, errors: .capture,
      isGroup: true, seconds: seconds)
    var status = result.status
    if output == .left, !result.isLate, let text = try? Files.readText(file + ".status") {
      status = text.lines.first.flatMap { Int32($0) } ?? status
    }
    let outcome = Outcome(status: status, output: result.output, errors: result.errorText)
    if result.isLate { throw Fault("it was still running after \(time) and was killed", outcome) }
    return outcome
  }

  /// The same; it must exit with the code, and with `wanted` write exactly that.
  @discardableResult
  func run(
    _ stream: [UInt8], _ arguments: [String] = [], to output: Output = .read, exits code: Int32,
    writes wanted: [UInt8]? = nil
  ) throws -> Outcome {
    let outcome = try run(stream, arguments, to: output)
    guard outcome.status == code else {
      throw Fault("it exited with status \(outcome.status) instead of \(code)", outcome)
    }
    if let wanted, outcome.output != wanted { throw Fault(StageTrial.difference(outcome.output, wanted), outcome) }
    return outcome
  }

  /// Writes one record and keeps the pipe open: the record has to come out anyway.
  func answersBeforeTheEnd(_ line: [UInt8]) throws {
    var ends: [Int32] = [-1, -1]
    guard csystem_pipe(&ends) == 0 else { throw SystemError("cannot create a pipe", errno) }
    let reader = OpenFile(ends[0]), writer = Writer(OpenFile(ends[1]))
    defer { writer.end() }
    try writeAll(line, to: ends[1])
    let result = try Child.run(
      command, inputFile: reader.descriptor, output: .bytes { if $0.contains(0x0A) { writer.end() } }, errors: .capture,
      isGroup: true, seconds: seconds)
    guard result.isLate else { return }
    let outcome = Outcome(status: result.status, output: [], errors: result.errorText)
    if writer.hasEnded { throw Fault("it was still running after \(time) and was killed", outcome) }
    throw Fault("the record was not written within \(time): flush each record", outcome)
  }

  private var time: String { "\(formatted(seconds, digits: 1)) seconds" }

  /// The command with options, inserted before a `--`.
  func command(with options: [String]) -> [String] {
    let place = command.firstIndex(of: "--") ?? command.endIndex
    return command[..<place] + options + command[place...]
  }

  /// The writing end of a pipe.
  private final class Writer: @unchecked Sendable {
    private var file: OpenFile?
    private let lock = Lock()
    init(_ file: consuming OpenFile) { self.file = consume file }

    var hasEnded: Bool { lock.locked { file == nil } }
    func end() { lock.locked { file = nil } }
  }

  /// The first difference of two streams.
  static func difference(_ got: [UInt8], _ wanted: [UInt8]) -> String {
    if got.isEmpty { return "it wrote nothing instead of \(wanted.count) bytes" }
    if wanted.isEmpty { return "it wrote '\(excerpt(got, at: 0))' instead of nothing" }
    let place = zip(got, wanted).prefix { $0 == $1 }.count
    let line = got[..<place].count { $0 == 0x0A } + 1
    return "line \(line), byte \(place + 1) of the stream: it wrote '\(excerpt(got, at: place))'"
      + " instead of '\(excerpt(wanted, at: place))'"
  }

  private static func excerpt(_ bytes: [UInt8], at place: Int) -> String {
    let start = max(0, min(place, bytes.count) - 20), end = min(bytes.count, start + 60)
    let text = String(decoding: bytes[start..<end], as: UTF8.self).harmless
    return (start > 0 ? "…" : "") + text + (end < bytes.count ? "…" : "")
  }
}
