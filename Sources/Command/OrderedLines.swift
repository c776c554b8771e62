import Glibc
import Records

/// Processes several lines in parallel and writes them in input order, each as soon as it and all before it are done.
final class OrderedLines: @unchecked Sendable {
  struct Outcome {
    var record: Record?
    var code: ExitCode
  }

  private let jobs: Int
  private let write: @Sendable (Record) throws -> Void
  private let work: (() throws -> Record) -> Outcome
  private let lock = Lock()
  private var done: [Int: Outcome] = [:]
  private var nextIn = 0
  private var nextOut = 0
  private var running = 0
  private var code = ExitCode.done
  private var failure: (any Error)?

  init(jobs: Int, write: @escaping @Sendable (Record) throws -> Void, work: @escaping (() throws -> Record) -> Outcome) {
    self.jobs = jobs
    self.write = write
    self.work = work
  }

  /// Adds one line; waits while all jobs are busy. Throws the error of writing an earlier line.
  func add(_ start: @escaping () throws -> Record) throws {
    guard jobs > 1 else { return try emit(work(start)) }
    lock.lock()
    // The second limit is for lines that are done but wait for a slow one before them.
    while running == jobs || nextIn - nextOut >= 64 * jobs, failure == nil { lock.wait() }
    if let failure { lock.unlock(); throw failure }
    running += 1
    let number = nextIn
    nextIn += 1
    lock.unlock()
    Thread.detachOrDo { [self] in
      let outcome = work(start)
      lock.lock()
      done[number] = outcome
      while failure == nil, let ready = done.removeValue(forKey: nextOut) {
        nextOut += 1
        do { try emit(ready) } catch { failure = error }
      }
      running -= 1
      lock.broadcast()
      lock.unlock()
    }
  }

  /// Waits for all lines; returns the exit code of the whole stream.
  func finish() throws -> ExitCode {
    lock.lock()
    while running > 0 { lock.wait() }
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
