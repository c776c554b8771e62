import Glibc

/// A POSIX thread. Swift concurrency has no place for work that blocks in system calls, and it costs start-up time.
public enum Thread {
  private final class Box {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  /// Starts a detached thread. Signals stay with the thread that waits for them.
  ///
  /// If the system cannot start a thread, the process reports it and exits with 75: what it waits for would never come.
  public static func detach(_ body: @escaping () -> Void) {
    let result = start(body)
    guard result != 0 else { return }
    let hint = "raise 'ulimit -u' or the process limit of the container or service, or end other processes"
    Command.end(by: SystemError("cannot start a thread", result, code: .tryAgain, hint: hint))
  }

  /// The same for work that ends and need not run in parallel: without a thread it is done here, in sequence.
  public static func detachOrDo(_ body: @escaping () -> Void) { if start(body) != 0 { body() } }

  /// - Returns: 0 or an error number.
  private static func start(_ body: @escaping () -> Void) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let box = Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, &attributes,
      {
        Unmanaged<Box>.fromOpaque($0!).takeRetainedValue().body(); return nil
      }, box.toOpaque())
    pthread_attr_destroy(&attributes)
    if result != 0 { box.release() }
    return result
  }
}

/// A mutex with one condition variable.
public final class Lock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  public init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  public func lock() { pthread_mutex_lock(mutex) }
  public func unlock() { pthread_mutex_unlock(mutex) }
  /// Waits for a broadcast; the lock must be held.
  public func wait() { pthread_cond_wait(condition, mutex) }
  public func broadcast() { pthread_cond_broadcast(condition) }

  public func locked<T>(_ body: () throws -> T) rethrows -> T {
    lock()
    defer { unlock() }
    return try body()
  }
}
