import Synchronization

/// What has to be put back when a signal ends us in the middle of it.
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

  /// Runs the body; a signal that ends us before it has returned has `undo` run first. By then the programs we had
  /// started are gone, this thread begins no other, and `undo` may: on another thread, so it must stand on its own.
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

  /// Undoes what is in the middle of something, the newest first.
  static func run() {
    for step in steps.withLock({ $0.open.reversed() }) { step.undo() }
  }
}
