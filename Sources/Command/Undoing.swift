import Glibc

/// Steps that restore the previous state when a signal ends us in the middle of something.
public enum Undoing {
  nonisolated(unsafe) private static var steps: [(id: Int, undo: () -> Void)] = []
  nonisolated(unsafe) private static var last = 0
  private static let lock = Lock()

  /// Runs the body; if a signal ends us before it returns, `undo` runs first. By then our children have ended and this
  /// thread starts no more, but `undo` may: it runs on another thread, so it must be self-contained.
  public static func whenEnded<T>(_ undo: @escaping () -> Void, _ body: () throws -> T) rethrows -> T {
    let id = lock.locked { () -> Int in
      last += 1
      steps.append((last, undo))
      return last
    }
    defer { lock.locked { steps.removeAll { $0.id == id } } }
    return try body()
  }

  /// Undoes interrupted work, newest first.
  static func run() {
    for step in lock.locked({ steps.reversed() }) { step.undo() }
  }
}
