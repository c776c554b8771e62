import Glibc
import Records

extension Command {
  /// Runs a stage of the pipe and ends the process.
  ///
  /// Lines come from the operands, each of which `begin` turns into a record; else from standard input, unless that is
  /// a terminal; else from the current directory. Lines are written in input order, whatever `--jobs` is.
  ///
  /// - Parameters:
  ///   - begin: starts a line for a directory.
  ///   - parts: for a stage that runs under another name, as draft-each does: that name, and the operands that start
  ///     lines.
  ///   - patience: for lines with a `change` whose service is down.
  ///   - body: does the work and sets the member. An error it throws becomes the line's failure.
  public func runStage(
    begin: @Sendable @escaping (String, Call) throws -> Record,
    parts: ((Call) throws -> (name: String, operands: [String]))? = nil,
    patience: Patience? = nil, body: @Sendable @escaping (inout Record, Call) throws -> Void
  ) -> Never {
    runStage(begin: begin, parts: parts, words: nil, patience: patience) { record, call in
      try body(&record, call)
      return .done
    }
  }

  /// Runs a stage that reports: on a terminal, where other stages print no records, it prints `words` of each line that
  /// has not failed to standard output. The exit code that `body` returns is the line's: ``ExitCode/failed`` for a
  /// check that said no.
  /// - Parameter ahead: called with the lines already there, if there are several, before the first of them goes
  ///   through `body`: it can fetch for all of them at once.
  /// - Parameter together: how many lines it is called with at most; they are held in memory.
  public func runReport(
    begin: @Sendable @escaping (String, Call) throws -> Record, ahead: (@Sendable ([Record], Call) -> Void)? = nil,
    together: Int = 100, words: @Sendable @escaping (Record) throws -> String,
    body: @Sendable @escaping (inout Record, Call) throws -> ExitCode
  ) -> Never {
    runStage(begin: begin, ahead: ahead, together: together, words: words, body: body)
  }

  private func runStage(
    begin: @Sendable @escaping (String, Call) throws -> Record,
    parts: ((Call) throws -> (name: String, operands: [String]))? = nil,
    ahead: (@Sendable ([Record], Call) -> Void)? = nil, together: Int = 100,
    words: (@Sendable (Record) throws -> String)?, patience: Patience? = nil,
    body: @Sendable @escaping (inout Record, Call) throws -> ExitCode
  ) -> Never {
    start()
    do {
      guard let call = try call(options + Option.stage + Option.common) else { finish(.done) }
      let (name, operands) = try parts?(call) ?? (name, call.arguments.operands)
      let run = StageRun(
        command: self, call: call.named(name), operands: operands, begin: begin, ahead: ahead, together: together,
        words: words, patience: patience, body: body)
      finish(try run.run())
    } catch {
      finish(Command.report(error, by: Caller.signs(for: name)))
    }
  }
}

extension Command {
  /// Runs a stage that keeps writing records after its input, as draft-watch does, and ends the process.
  ///
  /// The lines go through `body` as in ``runStage(begin:body:)``, one at a time. After the last one `then` is called
  /// with a closure that writes a record; the exit code it returns counts unless a line has failed.
  /// - Parameters:
  ///   - state: what `body` makes of all lines for `then`.
  ///   - writes: false suppresses the records, if standard output is for something else.
  public func runSource<State>(
    _ state: State, writes: (Call) -> Bool = { _ in true }, begin: @Sendable @escaping (String, Call) throws -> Record,
    body: @Sendable @escaping (inout State, inout Record, Call) throws -> Void,
    then: (State, Call, (Record) throws -> Void) throws -> ExitCode
  ) -> Never {
    start()
    do {
      guard let call = try call(options + Option.stage.filter { $0.name != "jobs" } + Option.common) else {
        finish(.done)
      }
      let held = Held(state)
      let run = StageRun(
        command: self, call: call, operands: call.arguments.operands, writes: writes(call), begin: begin, words: nil
      ) { record, call in
        try body(&held.state, &record, call)
        return .done
      }
      let code = try run.run()
      let writer: RecordWriter? = writes(call) && call.writesRecords ? RecordWriter() : nil
      let last = try then(held.state, call) { try writer?.write($0) }
      finish(code == .done ? last : code)
    } catch {
      finish(Command.report(error, by: Caller.signs(for: name)))
    }
  }
}

/// The state of a source. Its lines go through one at a time, and without `--jobs` on the thread of main.
private final class Held<State>: @unchecked Sendable {
  var state: State
  init(_ state: State) { self.state = state }
}

extension Call {
  /// Whether standard output carries records: to a pipe or a file, not to a terminal, unless `--output` says so.
  public var writesRecords: Bool { arguments["output"].map { $0 == "record" } ?? (isatty(STDOUT_FILENO) == 0) }
}

private struct StageRun {
  /// A line that has been begun, and the call for what is done about it.
  struct Line {
    var record: Record
    var call: Call
  }

  let command: Command
  let call: Call
  /// The operands that start lines.
  let operands: [String]
  var writes = true
  let begin: @Sendable (String, Call) throws -> Record
  var ahead: (@Sendable ([Record], Call) -> Void)?
  /// The number of lines fetched for together; what is fetched is held in memory.
  var together = 100
  let words: (@Sendable (Record) throws -> String)?
  var patience: Patience?
  let waiting = WaitingLines()
  let body: @Sendable (inout Record, Call) throws -> ExitCode

  func run() throws -> ExitCode {
    let jobs = try jobCount()
    let lines = OrderedLines(jobs: jobs, write: try sink(), work: work)

    if ahead != nil, operands.count > 1 {
      var rest = operands[...]
      while !rest.isEmpty {
        let group = rest.prefix(together).map { operand in Result { try begun(operand) } }
        look(ahead: group.compactMap { try? $0.get().record })
        for result in group { try lines.add { try result.get() } }
        rest = rest.dropFirst(together)
      }
    } else if !operands.isEmpty {
      for operand in operands { try lines.add { try begun(operand) } }
    } else if isatty(STDIN_FILENO) == 1 || Standard.wasClosed(STDIN_FILENO)
      || (Caller.current.isFirst && Standard.isNull(STDIN_FILENO))
    {
      try lines.add { try begun(".") }
    } else {
      let isEmpty: Bool
      do { isEmpty = try read(lines) } catch let error as RecordError {
        // Finish the lines before the bad one.
        try end(lines)
        _ = try lines.finish()
        throw error
      }
      try end(lines)
      // An empty stream is a complete one for a stage; a user who calls draft-up wants something done.
      if isEmpty, Caller.current.isFirst, let caller = Caller.current.name { throw NothingCameIn(caller: caller) }
    }
    return try lines.finish()
  }

  /// - Returns: whether the stream was empty.
  private func read(_ lines: OrderedLines<Line>) throws -> Bool {
    var reader = LatestWins(RecordReader()), isEmpty = true
    while true {
      while let patience, try reader.isQuiet(milliseconds: 1000) {
        let back = waiting.back({ patience.isBack($0, call.forOneLine()) }) {
          call.warn("\($0)\n  waiting until it answers; a later change replaces this one")
        }
        for record in back { try lines.add { line(record) } }
      }
      guard let record = try reader.next() else { return isEmpty }
      isEmpty = false
      waiting.came(record)
      let group = ahead == nil ? [record] : reader.waiting(behind: record, atMost: together)
      look(ahead: group)
      for record in group { try lines.add(place: place(of: record)) { line(record) } }
    }
  }

  /// The pipe has ended: tries the waiting lines once more; then they fail.
  private func end(_ lines: OrderedLines<Line>) throws {
    for record in waiting.close() { try lines.add { line(record) } }
  }

  /// The line that begins with an operand.
  private func begun(_ operand: String) throws -> Line {
    let call = call.forOneLine()
    return Line(record: try begin(operand, call), call: call)
  }

  private func line(_ record: Record) -> Line { Line(record: record, call: call.forOneLine()) }

  private func look(ahead records: [Record]) {
    let whole = records.filter { !$0.has(Failure.name) }
    if whole.count > 1 { ahead?(whole, call) }
  }

  /// Where the lines go: out as records, out as words, or nowhere.
  private func sink() throws -> @Sendable (Record) throws -> Void {
    guard writes else { return { _ in } }
    if call.writesRecords {
      let writer = RecordWriter()
      return { try writer.write($0) }
    }
    guard let words else { return { _ in } }
    return { record in if !record.has(Failure.name) { try Standard.output(words(record)) } }
  }

  private func jobCount() throws -> Int {
    guard let text = call.arguments["jobs"] else { return 1 }
    guard let jobs = Int(text), (1...64).contains(jobs) else {
      throw UsageError("option '--jobs' takes a number from 1 to 64, not '\(text)'")
    }
    return jobs
  }

  /// Where a line is in the order of its stream, for a command that keeps it.
  private func place(of record: Record) -> OrderedLines<Line>.Place? {
    guard command.keepsOrder, let app = try? record.member(App.self) else { return nil }
    let needs = (try? record.member(Needs.self))?.needs ?? []
    return .init(key: app.orderKey(app.name), needs: needs.map { (app.orderKey($0), $0) })
  }

  /// Processes one line.
  /// - Parameter failed: the line it needs that has failed.
  private func work(_ start: () throws -> Line, failed: String?) -> OrderedLines<Line>.Outcome {
    let line: Line
    do { line = try start() } catch {
      return .init(record: nil, code: Command.report(error, by: Caller.signs(for: call.name)))
    }
    var record = line.record
    let call = line.call
    if record.has(Failure.name) { return .init(record: record, code: .failed) }
    if command.passesSynced, record.isSynced { return .init(record: record, code: .done) }

    let events = Events(stage: call.name, record: record)
    events.started()
    let before = record
    do {
      if let failed { throw Dependant(name: (try? record.member(App.self))?.name ?? "", failed: failed) }
      var code = try body(&record, call)
      // A body may return a line with a failure from elsewhere, which has been reported there.
      if code == .done, record.has(Failure.name) { code = .failed }
      events.finished(code, bytes: call.meter.total)
      return .init(record: record, code: code)
    } catch {
      let diagnosis = Command.diagnose(error)
      events.finished(diagnosis.exitCode, bytes: call.meter.total)
      if let patience, patience.isAway(error), waiting.keep(before, message: diagnosis.message) {
        return .init(record: nil, code: .done)
      }
      Diagnostics.report(diagnosis, by: Caller.signs(diagnosis, for: call.name))
      // Members set before the failure may be incomplete.
      record = before
      record.set(Failure(by: call.name, code: diagnosis.exitCode, message: diagnosis.message, hint: diagnosis.hint))
      return .init(record: record, code: .failed)
    }
  }
}

/// A line that needs one that has failed.
private struct Dependant: Diagnosis {
  let name: String, failed: String
  var exitCode: ExitCode { .tryAgain }
  var message: String { "'\(name)' needs '\(failed)', which has failed" }
  var hint: String? { "run it again once '\(failed)' is released" }
}

/// Drops a line with a `change` if a later one of the same application is already waiting: a stage that was busy
/// continues with the latest state, not with every state in between.
struct LatestWins {
  private var reader: RecordReader
  private var ahead: Record?
  /// A bad line after a good one must not take the good one with it.
  private var pending: RecordError?

  init(_ reader: RecordReader) { self.reader = reader }

  mutating func next() throws(RecordError) -> Record? {
    if let pending { throw pending }
    var current: Record
    if let ahead { current = ahead } else if let record = try reader.next() { current = record } else { return nil }
    ahead = nil
    do throws(RecordError) {
      while let key = try LatestWins.key(current), try reader.hasLineWaiting(), let later = try reader.next() {
        guard try LatestWins.key(later) == key else {
          ahead = later
          break
        }
        current = later
      }
    } catch { pending = error }
    return current
  }

  /// The record and those that can be read without waiting, up to a number and a few megabytes.
  mutating func waiting(behind first: Record, atMost count: Int) -> [Record] {
    var group = [first], size = first.bytes.count
    // A bad line is thrown by the next call.
    do throws(RecordError) {
      while group.count < count, size < 4 << 20, try isWaiting(), let record = try next() {
        group.append(record)
        size += record.bytes.count
      }
    } catch { pending = error }
    return group
  }

  private mutating func isWaiting() throws(RecordError) -> Bool {
    if pending != nil || ahead != nil { return pending == nil }
    return try reader.hasLineWaiting()
  }

  /// Whether the stream stays quiet for that long: no line, and not the end either.
  mutating func isQuiet(milliseconds: Int32) throws(RecordError) -> Bool {
    if pending != nil || ahead != nil { return false }
    return try reader.isQuiet(milliseconds: milliseconds)
  }

  static func key(_ record: Record) throws(RecordError) -> String? {
    guard record.has(Change.name), !record.has(Failure.name), let app = try record.member(App.self) else { return nil }
    return "\(app.dir)\0\(app.environment)"
  }
}
