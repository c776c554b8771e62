import Records

/// What a stage does in a pipe that goes on, as draft-watch has it, about a line whose service is away: it keeps the line
/// and takes it up when the service answers. A later line of the same application takes its place; the end of the pipe ends
/// the waiting, and then the line fails as any other does.
public struct Patience: Sendable {
  let isAway: @Sendable (any Error) -> Bool
  let isBack: @Sendable (Record, Call) -> Bool

  /// - Parameters:
  ///   - isAway: whether an error says that nobody answers, which may pass.
  ///   - isBack: whether somebody answers by now; asked about once a second.
  public init(isAway: @escaping @Sendable (any Error) -> Bool, isBack: @escaping @Sendable (Record, Call) -> Bool) {
    self.isAway = isAway
    self.isBack = isBack
  }
}

/// The lines that wait, the latest of each application.
final class WaitingLines: @unchecked Sendable {
  private struct Line {
    let key: String
    let sequence: Int
    let record: Record
    let message: String
  }

  private let lock = Lock()
  private var lines: [Line] = []
  private var latest: [String: Int] = [:]
  private var told: [String: Int] = [:]
  private var isClosed = false

  /// A line has come: what waits of its application gives way.
  func came(_ record: Record) {
    guard let (key, sequence) = WaitingLines.place(record) else { return }
    lock.locked {
      latest[key] = sequence
      lines.removeAll { $0.key == key }
    }
  }

  /// Keeps a line; false for one that is of no watched application, and when the pipe has ended.
  func keep(_ record: Record, message: String) -> Bool {
    guard let (key, sequence) = WaitingLines.place(record) else { return false }
    return lock.locked {
      if isClosed { return false }
      // One that has been overtaken while it was at work is not kept, and has not failed either.
      if latest[key] == sequence { lines.append(Line(key: key, sequence: sequence, record: record, message: message)) }
      return true
    }
  }

  /// Gives back what is to be taken up.
  /// - Parameter tell: called once for each line that waits.
  func back(_ isBack: (Record) -> Bool, tell: (String) -> Void) -> [Record] {
    for line in lock.locked({ lines }) {
      let isNew = lock.locked { told.updateValue(line.sequence, forKey: line.key) != line.sequence }
      if isNew { tell(line.message) }
    }
    // Asking takes a while.
    let back = lock.locked({ lines }).filter { isBack($0.record) }
    lock.locked { lines.removeAll { line in back.contains { $0.key == line.key } } }
    return back.map(\.record)
  }

  /// The end: what waits is given back, and nothing is kept any more.
  func close() -> [Record] {
    lock.locked {
      isClosed = true
      defer { lines = [] }
      return lines.map(\.record)
    }
  }

  private static func place(_ record: Record) -> (String, Int)? {
    guard let key = try? LatestWins.key(record), let change = try? record.member(Change.self) else { return nil }
    return (key, change.sequence)
  }
}
