import Glibc
import Records

/// Processes several lines in parallel and writes them in input order, each as soon as it and all before it are done.
///
/// A line may need lines before it: then it is held back until these are done, and takes no job meanwhile. So lines are
/// never held for ever: a line waits for earlier ones only.
///
/// `Line` is a line that has been begun, with whatever goes with it.
final class OrderedLines<Line>: @unchecked Sendable {
  struct Outcome {
    var record: Record?
    var code: ExitCode
  }

  /// What a line is called by the lines that need it, and what it needs.
  struct Place {
    var key: String
    var needs: [(key: String, name: String)]
  }

  private struct Held {
    var number: Int
    var place: Place?
    var start: () throws -> Line
  }

  private let jobs: Int
  private let write: @Sendable (Record) throws -> Void
  private let work: (() throws -> Line, _ failed: String?) -> Outcome
  private let lock = Lock()
  private var done: [Int: Outcome] = [:]
  private var nextIn = 0
  private var nextOut = 0
  private var running = 0
  private var code = ExitCode.done
  private var failure: (any Error)?
  /// Whether each line that has a place is done, and has failed.
  private var states: [String: (isDone: Bool, isFailed: Bool)] = [:]
  /// Lines that wait for others, and those that wait only for a job.
  private var held: [Held] = [], ready: [Held] = []

  /// - Parameter work: processes a line; `failed` names the line it needs that has failed.
  init(
    jobs: Int, write: @escaping @Sendable (Record) throws -> Void,
    work: @escaping (() throws -> Line, _ failed: String?) -> Outcome
  ) {
    self.jobs = jobs
    self.write = write
    self.work = work
  }

  /// Adds one line; waits while all jobs are busy. Throws the error of writing an earlier line.
  func add(place: Place? = nil, _ start: @escaping () throws -> Line) throws {
    guard jobs > 1 else {
      let outcome = work(start, place.flatMap(failed))
      if let place { states[place.key] = (true, outcome.hasFailed) }
      return try emit(outcome)
    }
    lock.lock()
    // The second limit is for lines that are done, or held, but wait for a slow one before them.
    while running == jobs || nextIn - nextOut >= 64 * jobs, failure == nil { lock.wait() }
    if let failure { lock.unlock(); throw failure }
    let line = Held(number: nextIn, place: place, start: start)
    nextIn += 1
    if let place { states[place.key] = (false, false) }
    if isFree(line) { ready.append(line) } else { held.append(line) }
    let starting = startable()
    lock.unlock()
    starting.forEach(start(line:))
  }

  /// Takes the lines that can be started now; the lock must be held.
  private func startable() -> [Held] {
    guard failure == nil else { return [] }
    let count = min(ready.count, jobs - running), lines = Array(ready.prefix(count))
    ready.removeFirst(count)
    running += count
    return lines
  }

  /// Whether all that a line needs, of what came before it, is done.
  private func isFree(_ line: Held) -> Bool { line.place?.needs.allSatisfy { states[$0.key]?.isDone ?? true } ?? true }

  /// The first of those that a line needs that has failed.
  private func failed(_ place: Place) -> String? { place.needs.first { states[$0.key]?.isFailed ?? false }?.name }

  private func start(line: Held) {
    Thread.detachOrDo { [self] in
      let outcome = work(line.start, lock.locked { line.place.flatMap(failed) })
      lock.lock()
      if let place = line.place { states[place.key] = (true, outcome.hasFailed) }
      done[line.number] = outcome
      while failure == nil, let ready = done.removeValue(forKey: nextOut) {
        nextOut += 1
        do { try emit(ready) } catch { failure = error }
      }
      running -= 1
      ready += held.filter(isFree)
      held.removeAll(where: isFree)
      let starting = startable()
      lock.broadcast()
      lock.unlock()
      starting.forEach(start(line:))
    }
  }

  /// Waits for all lines; returns the exit code of the whole stream.
  func finish() throws -> ExitCode {
    lock.lock()
    while running > 0 || (failure == nil && !(held.isEmpty && ready.isEmpty)) { lock.wait() }
    lock.unlock()
    if let failure { throw failure }
    return code
  }

  private func emit(_ outcome: Outcome) throws {
    // The code of a line that could not be started is kept; a line that failed later counts as 1.
    if outcome.code != .done, code == .done || code == .failed { code = outcome.code }
    if let record = outcome.record { try write(record) }
  }
}

extension OrderedLines.Outcome {
  fileprivate var hasFailed: Bool { code != .done }
}
