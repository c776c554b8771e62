import Records

/// How a stage of a continuous pipe, such as draft-watch's, treats a record whose service is down: it keeps the record
/// and retries when the service responds. A later record of the same application replaces it. At the end of the pipe
/// the record is tried once more, and then fails like any other.
public struct Patience: Sendable {
  let isAway: @Sendable (any Error) -> Bool
  let isBack: @Sendable (Record, Call) -> Bool

  /// - Parameters:
  ///   - isAway: whether an error means that the service does not respond, which may pass.
  ///   - isBack: whether the service responds again; called about once a second.
  public init(isAway: @escaping @Sendable (any Error) -> Bool, isBack: @escaping @Sendable (Record, Call) -> Bool) {
    self.isAway = isAway
    self.isBack = isBack
  }
}

/// The waiting lines, the latest of each application.
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

  /// A record has arrived: drops the waiting record of its application.
  func came(_ record: Record) {
    guard let (key, sequence) = WaitingLines.place(record) else { return }
    lock.locked {
      latest[key] = sequence
      lines.removeAll { $0.key == key }
    }
  }

  /// Keeps a line. False if the line does not come from a watch, or the pipe has ended.
  func keep(_ record: Record, message: String) -> Bool {
    guard let (key, sequence) = WaitingLines.place(record) else { return false }
    return lock.locked {
      if isClosed { return false }
      // A record that was overtaken while it was being processed is dropped, and does not count as failed.
      if latest[key] == sequence { lines.append(Line(key: key, sequence: sequence, record: record, message: message)) }
      return true
    }
  }

  /// Returns the records to retry.
  /// - Parameter tell: called once for each record that waits.
  func back(_ isBack: (Record) -> Bool, tell: (String) -> Void) -> [Record] {
    for line in lock.locked({ lines }) {
      let isNew = lock.locked { told.updateValue(line.sequence, forKey: line.key) != line.sequence }
      if isNew { tell(line.message) }
    }
    // Checking takes time, and records may arrive meanwhile.
    let back = lock.locked({ lines }).filter { isBack($0.record) }
    lock.locked { lines.removeAll { line in back.contains { $0.key == line.key } } }
    return back.map(\.record)
  }

  /// The pipe has ended: returns all waiting lines, and keeps no more.
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
