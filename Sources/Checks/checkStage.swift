import Command
import Glibc
import Records

/// Holds a program against what draft-records(5) says of a stage: runs it on one stream after another, also on such as nobody would
/// wish for, and tells each result as a line of TAP.
/// - Parameters:
///   - record: a line it can work on; nil takes one of a small application in Python.
///   - seconds: how long it may take for one stream.
/// - Returns: whether every check has passed. Throws ``ProgramMissing``.
public func checkStage(_ command: [String], record: Record?, seconds: Double, tell: (String) throws -> Void) throws -> Bool {
  guard Child.find(command[0]) != nil else { throw ProgramMissing(program: command[0]) }
  let directory = try Temporary.directory()
  defer { Temporary.remove(directory) }
  let checks = StageChecks(
    trial: StageTrial(command: command, seconds: seconds, directory: directory), line: try (record ?? sample(in: directory + "/check-stage")).bytes)
  var count = 0, passed = true
  for (name, check) in checks.all {
    count += 1
    do {
      let skipped = try check()
      try tell("ok \(count) - \(name)" + (skipped.map { " # SKIP \($0.harmless)" } ?? ""))
    } catch let fault as StageTrial.Fault {
      passed = false
      try tell("not ok \(count) - \(name)")
      for reason in fault.reasons { try tell("# \(reason.harmless)") }
    }
  }
  try tell("1..\(count)")
  return passed
}

/// An application to work on.
private func sample(in directory: String) throws -> Record {
  try Files.makeDirectories(directory)
  try Files.write(Array("import sys\n".utf8), to: directory + "/app.py", durable: false)
  var record = Record()
  record.set(App(name: "check-stage", dir: try Files.resolve(directory)))
  return record
}

extension Record {
  /// The first record of a file. Throws ``SystemError``, ``RecordError`` or ``UsageError``.
  public init(firstOf path: String) throws {
    let bytes = try Files.read(path)
    guard let line = bytes.split(separator: 0x0A).first else { throw UsageError("there is no record in '\(path)'") }
    try self.init(Array(line))
  }
}

/// The checks by their names. Each throws ``StageTrial/Fault``, or returns why it could not be made.
struct StageChecks {
  let trial: StageTrial
  /// A line to work on, without its end.
  let line: [UInt8]

  typealias Check = (name: String, body: () throws -> String?)

  var all: [Check] { words + framing + failedLines + work + ends }

  private static let failed = Array(
    (#"{"draft":1,"app":{"name":"a","dir":"/nonexistent"},"failure":{"by":"draft-x","code":69,"message":"m"}}"# + "\n").utf8)

  private func check(_ name: String, _ body: @escaping () throws -> Void) -> Check { (name, { try body(); return nil }) }

  private var words: [Check] {
    ["--help", "--version"].map { option in
      check("\(option) prints something on standard output and exits 0") {
        guard try !trial.run([], [option], exits: 0).output.isEmpty else { throw StageTrial.Fault("it printed nothing on standard output") }
      }
    } + [check("an unknown option exits 64 and writes nothing") { try trial.run([], ["--no-such-option"], exits: 64, writes: []) }]
  }

  private var framing: [Check] {
    let failed = StageChecks.failed
    let bad: [(String, String)] = [
      ("with a member name that is there twice", #"{"draft":1,"draft":1}"#), ("with a name that is twice in an object further down", #"{"a":{"b":1,"b":2}}"#),
      ("that is an array", "[1]"), ("with a number that begins with 0", #"{"a":01}"#), ("that ends too early", #"{"a":1"#),
      ("with two objects", "{}{}"), ("with a tab in a string", "{\"a\":\"\t\"}"), ("in single quotes", "{'a':1}"), ("that is a word", "usage: x"),
    ]
    let lines = bad.map { ($0, Array($1.utf8)) } + [
      ("that is not UTF-8", Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)), ("with a byte order mark", [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
    ]
    return [
      check("an empty stream exits 0 and writes nothing") { try trial.run([], exits: 0, writes: []) },
      check("blank lines are ignored") { try trial.run(Array("\n  \n".utf8), exits: 0, writes: []) },
      check("a line may end in CR LF") {
        let returned = failed.dropLast() + [0x0D, 0x0A]
        let outcome = try trial.run(Array(returned), exits: 1)
        if outcome.output != failed, outcome.output != Array(returned) { throw StageTrial.Fault(StageTrial.difference(outcome.output, failed), outcome) }
      },
    ] + lines.map { what, bytes in
      check("a line \(what) exits 65, when those before it have been handled") {
        let outcome = try trial.run(failed + bytes + [0x0A] + failed, exits: 65, writes: failed)
        guard outcome.errors.contains("line 2") else { throw StageTrial.Fault("it did not say that it is line 2", outcome) }
      }
    } + [
      check("a last line without a line feed is truncated: exits 65") { try trial.run(failed + failed.dropLast(), exits: 65, writes: failed) },
      check("another version of the format exits 65") {
        try trial.run(Array(#"{"draft":2,"app":{"name":"a","dir":"/nonexistent"}}"#.utf8) + [0x0A], exits: 65, writes: [])
      },
    ]
  }

  /// A line that has failed already is nobody's to work on.
  private var failedLines: [Check] {
    let odd = #"{ "draft":1 ,"x" : [1.0, 1E+2, 1e400, -0, 12345678901234567890,"\u00e9\/", {"b":1 ,"a":2}] , "failure":{"by":"y","code":1,"message":"z"},"\u0061":"é" }"#
    let deep = #"{"draft":1,"failure":{"by":"y","code":1,"message":"z"},"deep":"#
    let nested = [UInt8](repeating: UInt8(ascii: "["), count: 100_000) + [UInt8](repeating: UInt8(ascii: "]"), count: 100_000)
    let large = [UInt8](repeating: UInt8(ascii: "y"), count: 1 << 20)
    let many = Array((0..<200).map { #"{"draft":1,"failure":{"by":"y","code":1,"message":"\#($0)"}}"# + "\n" }.joined().utf8)
    let lines: [(String, [UInt8])] = [
      ("passes untouched and exits 1", StageChecks.failed), ("passes byte for byte, as odd as it may be", Array(odd.utf8) + [0x0A]),
      ("passes byte for byte, as deep as it may be", Array(deep.utf8) + nested + Array("}\n".utf8)),
      ("of 1 MB passes", Array((deep + "\"").utf8) + large + Array("\"}\n".utf8)),
    ]
    return lines.map { what, bytes in check("a failed line \(what)") { try trial.run(bytes, exits: 1, writes: bytes) } } + [
      check("lines come out in the order they came in") { try trial.run(many, exits: 1, writes: many) },
      ("… also with -j 4", {
        guard try String(decoding: trial.run([], ["--help"]).output, as: UTF8.self).contains("--jobs") else { return "there is no --jobs in its --help" }
        try trial.run(many, ["-j", "4"], exits: 1, writes: many)
        return nil
      }),
      check("a line comes out before the next one comes in") { try trial.answersBeforeTheEnd(StageChecks.failed) },
    ]
  }

  /// Lines to work on.
  private var work: [Check] {
    let failed = StageChecks.failed
    let strange = with(#""x":[1.0, 1E+2, 1e400, -0, 12345678901234567890,"\u00e9\/", {"b":1 ,"a":2}],"\u0062":{"deep":[[[[[[[[1.10]]]]]]]]},"é" :"\u00E9""#)
    let large = with(#""x":""# + String(repeating: "y", count: 1 << 20) + "\"")
    let nowhere = Array(#"{"draft":1,"app":{"name":"a","dir":"/nonexistent"}}"#.utf8), bare = Array(#"{"draft":1}"#.utf8)
    return [
      ("a line gets one member, and every other passes byte for byte", { try one(strange).why }),
      ("… where it is 1 MB", { try one(large).why }),
      ("a line that has the member gets it replaced", {
        let first = try one(strange)
        guard case .set(let name) = first.change else { return first.why ?? "it added nothing to the line" }
        guard case .set(name) = try one(first.line).change else { return nil }
        return nil
      }),
      check("each line has its place, whatever became of those around it") {
        let lines = [failed, strange + [0x0A], failed, line + [0x0A], failed]
        try every(lines, of: trial.run(Array(lines.joined())))
      },
      check("a line that cannot be worked on does not end the stream") {
        let lines = [nowhere + [0x0A], bare + [0x0A], failed]
        try every(lines, of: trial.run(Array(lines.joined())))
      },
    ]
  }

  private var ends: [Check] {
    let failed = StageChecks.failed
    return [
      check("standard output on a full disk exits 74") { try trial.run(failed, to: .full, exits: 74) },
      check("a closed standard output exits 74") { try trial.run(failed, to: .closed, exits: 74) },
      check("a reader that leaves ends it by SIGPIPE") { try trial.run(Array(repeatElement(failed, count: 20_000).joined()), to: .left, exits: 141) },
    ]
  }

  /// The line to work on with further members.
  private func with(_ members: String) -> [UInt8] {
    guard let end = line.lastIndex(of: UInt8(ascii: "}")) else { return line }
    let isFirst = line[..<end].allSatisfy { [0x20, 0x09, UInt8(ascii: "{")].contains($0) }
    return line[..<end] + Array(((isFirst ? "" : ",") + members).utf8) + line[end...]
  }

  /// What has become of a line.
  enum Change: Equatable {
    case nothing
    case set(String)
    case failed(String)
  }

  /// One line through the stage.
  private func one(_ line: [UInt8]) throws -> (change: Change, line: [UInt8], why: String?) {
    let outcome = try trial.run(line + [0x0A])
    let changes = try every([line + [0x0A]], of: outcome)
    guard case .failed(let message) = changes[0] else { return (changes[0], Array(outcome.output.dropLast()), nil) }
    return (changes[0], Array(outcome.output.dropLast()), "it failed on the line: \(message); --record gives it another one")
  }

  /// What has become of each line, with its end; and that the exit status says whether one has failed.
  @discardableResult
  private func every(_ lines: [[UInt8]], of outcome: StageTrial.Outcome) throws -> [Change] {
    let got = outcome.lines
    guard got.count == lines.count else { throw StageTrial.Fault("it wrote \(got.count) lines and not \(lines.count)", outcome) }
    var changes: [Change] = []
    for (number, (before, after)) in zip(lines, got).enumerated() {
      do { changes.append(try StageChecks.change(from: before, to: after)) } catch let fault as StageTrial.Fault {
        throw StageTrial.Fault("line \(number + 1): \(fault.reasons[0])", outcome)
      }
    }
    let code: Int32 = changes.contains { if case .failed = $0 { true } else { false } } ? 1 : 0
    guard outcome.status == code else {
      throw StageTrial.Fault("it exited with status \(outcome.status) and not \(code): \(code == 1 ? "a" : "no") line carries a failure", outcome)
    }
    return changes
  }

  /// Throws ``StageTrial/Fault`` where more than one member has changed, one that is not the stage's, or a byte outside of it.
  static func change(from before: [UInt8], to after: [UInt8]) throws -> Change {
    guard let old = try? Record(Array(before.dropLast())) else { throw StageTrial.Fault("it came in malformed") }
    guard after.last == 0x0A else { throw StageTrial.Fault("it has no line feed") }
    let new: Record
    do { new = try Record(Array(after.dropLast())) } catch { throw StageTrial.Fault("it is no record any more: \(sentence(error))") }
    let added = new.names.filter { !old.has($0) }, lost = old.names.filter { !new.has($0) }
    guard lost.isEmpty else { throw StageTrial.Fault("the member '\(lost[0])' is gone") }
    if old.has(Failure.name) {
      guard before == after else { throw StageTrial.Fault("it had failed and has changed: " + StageTrial.difference(after, before)) }
      return .failed((try? old.member(Failure.self))?.message ?? "")
    }
    guard let name = try added.first ?? old.names.first(where: { try old[$0] != new[$0] }) else {
      guard before == after else { throw StageTrial.Fault(StageTrial.difference(after, before)) }
      return .nothing
    }
    guard added.count <= 1 else { throw StageTrial.Fault("it has more than one new member: '\(added.joined(separator: "', '"))'") }
    guard ![App.name, "draft"].contains(name) else { throw StageTrial.Fault("the member '\(name)' is not the stage's, and has changed") }
    // How the member itself is spelled is the stage's business.
    if added.isEmpty {
      var (wanted, got) = (old, new)
      if let value = try new[name] {
        wanted.set(name, to: value)
        got.set(name, to: value)
      }
      guard wanted.bytes == got.bytes else { throw StageTrial.Fault(StageTrial.difference(got.bytes, wanted.bytes)) }
    } else {
      // Added after the last one, whose end is before the brace.
      var stem = before.prefix(upTo: before.lastIndex(of: UInt8(ascii: "}")) ?? 0)
      while let last = stem.last, [0x20, 0x09].contains(last) { stem.removeLast() }
      guard after.starts(with: stem) else { throw StageTrial.Fault(StageTrial.difference(after, Array(stem))) }
    }
    guard name == Failure.name else { return .set(name) }
    do { return .failed(try new.required(Failure.self).message) } catch { throw StageTrial.Fault(sentence(error)) }
  }
}
