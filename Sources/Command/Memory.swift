import Synchronization

/// What a run of a command, or the work on one line, remembers: one value of each type, created on first use. Libraries
/// keep their state here, so that none outlives the run or the line and no function has to pass it on.
public final class Memory: Sendable {
  // A few values, and the metadata of a dictionary would take a tenth of the start-up.
  private let values = Mutex<[any (AnyObject & Sendable)]>([])

  public init() {}

  /// The value of a type.
  /// - Parameter make: makes the first one, and asks for no other meanwhile.
  public func value<Value: AnyObject & Sendable, E: Error>(_ make: () throws(E) -> Value) throws(E) -> Value {
    try values.withLock { values throws(E) in
      for case let value as Value in values { return value }
      let value = try make()
      values.append(value)
      return value
    }
  }
}
