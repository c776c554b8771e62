import Records

/// The checks of a stage, by name. Each throws ``Fault``, or returns why it was skipped.
struct StageChecks {
  let trial: StageTrial
  /// A record to work on, without its line feed.
  let line: [UInt8]
  /// The members it says it writes; empty where it does not say.
  let declared: [String]

  typealias Check = (name: String, body: () throws -> String?)

  var all: [Check] { words + framing + brokenLines + failedLines + order + work + ends }

  private static let failed = bytes(
    #"{"draft":1,"app":{"name":"a","dir":"/nonexistent"},"failure":{"by":"draft-x","code":69,"message":"m"}}"#)

  private static func bytes(_ line: String) -> [UInt8] { Array(line.utf8) + [0x0A] }

  private func check(_ name: String, _ body: @escaping () throws -> Void) -> Check {
    (
      name,
      {
        try body(); return nil
      }
    )
  }

  private var words: [Check] {
    ["--help", "--version"].map { option in
      check("\(option) prints something on standard output and exits 0") {
        let outcome = try trial.run([], [option], exits: 0)
        if outcome.output.isEmpty { throw Fault("it printed nothing on standard output", outcome) }
      }
    } + [
      check("an unknown option exits 64 and writes nothing") {
        try trial.run([], ["--no-such-option"], exits: 64, writes: [])
      }
    ]
  }

  private var framing: [Check] {
    let failed = StageChecks.failed
    return [
      check("an empty stream exits 0 and writes nothing") { try trial.run([], exits: 0, writes: []) },
      check("blank lines are ignored") { try trial.run(Array("\n  \n".utf8), exits: 0, writes: []) },
      check("a line may end in CR LF") {
        let returned = Array(failed.dropLast()) + [0x0D, 0x0A]
        let outcome = try trial.run(returned, exits: 1)
        guard outcome.output != failed, outcome.output != returned else { return }
        throw Fault(StageTrial.difference(outcome.output, failed), outcome)
      },
      check("a last line without a line feed is truncated: exits 65") {
        try trial.run(failed + failed.dropLast(), exits: 65, writes: failed)
      },
      check("another version of the format exits 65") {
        let line = StageChecks.bytes(#"{"draft":2,"app":{"name":"a","dir":"/nonexistent"}}"#)
        try trial.run(line, exits: 65, writes: [])
      }
    ]
  }

  private var brokenLines: [Check] {
    let failed = StageChecks.failed
    let texts = [
      ("with a duplicate member name", #"{"draft":1,"draft":1}"#),
      ("with a duplicate name in a nested object", #"{"a":{"b":1,"b":2}}"#),
      ("that is an array", "[1]"), ("with a number that begins with 0", #"{"a":01}"#),
      ("that is truncated", #"{"a":1"#),
      ("with two objects", "{}{}"), ("with a tab in a string", "{\"a\":\"\t\"}"), ("in single quotes", "{'a':1}"),
      ("that is a word", "usage: x")
    ]
    let lines =
      texts.map { ($0, Array($1.utf8)) } + [
        ("that is not UTF-8", Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)),
        ("with a byte order mark", [0xEF, 0xBB, 0xBF] + Array("{}".utf8))
      ]
    return lines.map { what, line in
      check("a record \(what) exits 65, after the records before it have been handled") {
        let outcome = try trial.run(failed + line + [0x0A] + failed, exits: 65, writes: failed)
        if !outcome.errors.contains("line 2") { throw Fault("its message does not name line 2", outcome) }
      }
    }
  }

  /// A record with a failure is not worked on.
  private var failedLines: [Check] {
    let mark = #""failure":{"by":"y","code":1,"message":"z"}"#
    let odd =
      #"{ "draft":1 ,"x" : [1.0, 1E+2, 1e400, -0, 12345678901234567890,"\u00e9\/", {"b":1 ,"a":2}] , "#
      + mark + #","\u0061":"é" }"#
    let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    let lines = [
      ("passes untouched and exits 1", StageChecks.failed),
      ("passes byte for byte, even if its JSON is unusual", StageChecks.bytes(odd)),
      (
        "passes byte for byte, even if it is deeply nested", StageChecks.bytes("{\"draft\":1,\(mark),\"deep\":\(deep)}")
      ),
      ("of 1 MB passes", StageChecks.bytes("{\"draft\":1,\(mark),\"large\":\"\(StageChecks.large)\"}"))
    ]
    return lines.map { what, bytes in
      check("a failed record \(what)") { try trial.run(bytes, exits: 1, writes: bytes) }
    }
  }

  private static let large = String(repeating: "y", count: 1 << 20)

  private var order: [Check] {
    let lines = (0..<200).map { "{\"draft\":1,\"failure\":{\"by\":\"y\",\"code\":1,\"message\":\"\($0)\"}}" }
    let stream = StageChecks.bytes(lines.joined(separator: "\n"))
    return [
      check("records come out in the order they came in") { try trial.run(stream, exits: 1, writes: stream) },
      (
        "… also with -j 4",
        {
          let help = String(decoding: try trial.run([], ["--help"]).output, as: UTF8.self)
          guard help.contains("--jobs") else { return "its --help has no --jobs" }
          try trial.run(stream, ["-j", "4"], exits: 1, writes: stream)
          return nil
        }
      ),
      check("a record is written before the next one is read") { try trial.answersBeforeTheEnd(StageChecks.failed) }
    ]
  }

  /// Checks on records to work on.
  private var work: [Check] {
    let failed = StageChecks.failed
    let strange = with(
      #""x":[1.0, 1E+2, 1e400, -0, 12345678901234567890,"\u00e9\/", {"b":1 ,"a":2}],"#
        + #""\u0062":{"deep":[[[[[[[[1.10]]]]]]]]},"é" :"\u00E9""#)
    return [
      (StageChecks.gets(declared) + ", and every other passes byte for byte", { try one(strange).skipped }),
      ("… where it is 1 MB", { try one(with("\"x\":\"\(StageChecks.large)\"")).skipped }),
      (
        "a record that has the member gets it replaced",
        {
          let first = try one(strange)
          guard case .set = first.change else { return first.skipped ?? "it added nothing to the record" }
          return try one(first.line).skipped
        }
      ),
      check("each record keeps its place, whether others fail or not") {
        let lines = [failed, strange + [0x0A], failed, line + [0x0A], failed]
        try every(lines, of: trial.run(Array(lines.joined())))
      },
      check("a record that cannot be worked on does not end the stream") {
        let nowhere = StageChecks.bytes(#"{"draft":1,"app":{"name":"a","dir":"/nonexistent"}}"#)
        let lines = [nowhere, StageChecks.bytes(#"{"draft":1}"#), failed]
        try every(lines, of: trial.run(Array(lines.joined())))
      }
    ]
  }

  private static func gets(_ declared: [String]) -> String {
    declared.count < 2
      ? "a record gets one member" : "a record gets no member but '\(declared.joined(separator: "', '"))'"
  }

  private var ends: [Check] {
    let failed = StageChecks.failed
    return [
      check("standard output on a full disk exits 74") { try trial.run(failed, to: .full, exits: 74) },
      check("a closed standard output exits 74") { try trial.run(failed, to: .closed, exits: 74) },
      check("SIGPIPE ends it when its reader exits") {
        try trial.run(Array(repeatElement(failed, count: 20_000).joined()), to: .left, exits: 141)
      }
    ]
  }

  /// The record to work on, with more members at its end.
  private func with(_ members: String) -> [UInt8] {
    guard let end = line.lastIndex(of: UInt8(ascii: "}")) else { return line }
    let isFirst = line[..<end].allSatisfy { [0x20, 0x09, UInt8(ascii: "{")].contains($0) }
    return line[..<end] + Array(((isFirst ? "" : ",") + members).utf8) + line[end...]
  }

  /// Sends one record through the stage: the change, and if the stage failed, why nothing could be checked.
  private func one(_ line: [UInt8]) throws -> (change: StageChange, line: [UInt8], skipped: String?) {
    let outcome = try trial.run(line + [0x0A])
    let change = try every([line + [0x0A]], of: outcome)[0]
    var skipped: String?
    if case .failed(let message) = change { skipped = "it failed on the record: \(message); see --record" }
    return (change, Array(outcome.output.dropLast()), skipped)
  }

  /// The change of each record. The exit status must say whether any record has failed.
  @discardableResult
  private func every(_ lines: [[UInt8]], of outcome: StageTrial.Outcome) throws -> [StageChange] {
    let got = outcome.lines
    guard got.count == lines.count else {
      throw Fault("it wrote \(got.count) records instead of \(lines.count)", outcome)
    }
    var changes: [StageChange] = []
    for (number, (before, after)) in zip(lines, got).enumerated() {
      do { changes.append(try StageChange(from: before, to: after, declared: declared)) } catch let fault as Fault {
        throw Fault("line \(number + 1): \(fault.reasons[0])", outcome)
      }
    }
    let hasFailed = changes.contains(where: \.isFailure), code: Int32 = hasFailed ? 1 : 0
    guard outcome.status == code else {
      let why = hasFailed ? "a record carries a failure" : "no record carries a failure"
      throw Fault("it exited with status \(outcome.status) instead of \(code): \(why)", outcome)
    }
    return changes
  }
}
