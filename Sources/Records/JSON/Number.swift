/// Whole numbers from outside: sizes, offsets, revisions and counts in records, archives, manifests, responses, frames
/// and labels.
///
/// Numbers beyond ±2^53 are refused. Up to there JSON readers agree on a number (RFC 8259, section 6), and no disk has
/// more bytes. It also leaves room to add a thousand of them without overflow, which would crash the command and lose
/// the records behind. Sums of arbitrarily many use ``Swift/Int/plus(_:)``.
public enum Number {
  public static let limit = 1 << 53

  /// nil if the text is not a whole number, or is beyond the limit.
  public static func whole(_ text: some StringProtocol) -> Int? {
    guard let number = Int(text), (-limit...limit).contains(number) else { return nil }
    return number
  }

  /// A TCP or UDP port.
  public static func port(_ text: some StringProtocol) -> Int? {
    guard let port = UInt16(text), port > 0 else { return nil }
    return Int(port)
  }
}

extension Int {
  /// The sum, clamped to what an `Int` can hold.
  public func plus(_ other: Int) -> Int {
    let (sum, isTooMuch) = addingReportingOverflow(other)
    return isTooMuch ? (other < 0 ? .min : .max) : sum
  }
}
