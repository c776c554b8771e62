import Glibc

/// What has to be put back when a signal ends us in the middle of it.
public enum Undoing {
  nonisolated(unsafe) private static var steps: [(id: Int, undo: () -> Void)] = []
  nonisolated(unsafe) private static var last = 0
  private static let lock = Lock()

  /// Runs the body; a signal that ends us before it has returned has `undo` run first. By then the programs we had
  /// started are gone, this thread begins no other, and `undo` may: on another thread, so it must stand on its own.
  public static func whenEnded<T>(_ undo: @escaping () -> Void, _ body: () throws -> T) rethrows -> T {
    let id = lock.locked { () -> Int in
      last += 1
      steps.append((last, undo))
      return last
    }
    defer { lock.locked { steps.removeAll { $0.id == id } } }
    return try body()
  }

  /// Undoes what is in the middle of something, the newest first.
  static func run() {
    for step in lock.locked({ steps.reversed() }) { step.undo() }
  }
}
