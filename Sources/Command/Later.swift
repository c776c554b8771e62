/// A value computed on another thread while we do something else.
///
///     let answers = ports.map { port in Later { ask(port) } }.map(\.value)
public final class Later<Value>: @unchecked Sendable {
  private let lock = Lock()
  private var result: Value?

  /// Starts the work; without a thread to be had, does it at once.
  public init(_ body: @escaping () -> Value) {
    Thread.detachOrDo { [self] in
      let value = body()
      lock.locked {
        result = value
        lock.broadcast()
      }
    }
  }

  /// Waits for the value.
  public var value: Value {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if let result { return result }
      lock.wait()
    }
  }
}
