import Synchronization

/// Steps that restore the previous state when a signal ends us in the middle of something.
public enum Undoing {
  /// What it holds is used by one thread at a time: the one it is of waits by then, see ``Child``.
  private struct Step: @unchecked Sendable {
    let id: Int
    let undo: () -> Void
  }

  private struct Steps {
    var open: [Step] = []
    var last = 0
  }

  private static let steps = Mutex(Steps())

  /// Runs the body; if a signal ends us before it returns, `undo` runs first. By then our children have ended and this
  /// thread starts no more, but `undo` may: it runs on another thread, so it must be self-contained.
  public static func whenEnded<T>(_ undo: @escaping () -> Void, _ body: () throws -> T) rethrows -> T {
    let id = steps.withLock { steps -> Int in
      steps.last += 1
      return steps.last
    }
    let step = Step(id: id, undo: undo)
    steps.withLock { $0.open.append(step) }
    defer { steps.withLock { $0.open.removeAll { $0.id == id } } }
    return try body()
  }

  /// Undoes interrupted work, newest first.
  static func run() {
    for step in steps.withLock({ $0.open.reversed() }) { step.undo() }
  }
}
