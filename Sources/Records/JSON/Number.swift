/// Whole numbers from outside: sizes, offsets, revisions and counts, of records, archives, manifests, answers, frames, labels.
///
/// None is taken beyond 2^53 either way. That is how far the readers of JSON agree on a number (RFC 8259, section 6), and
/// more bytes than any disk has; and it leaves room to add a thousand of them, or one to another, without overflow, which
/// would be our end and that of the lines behind. What adds up as many as somebody likes does so by ``Swift/Int/plus(_:)``.
public enum Number {
  public static let limit = 1 << 53

  /// nil for what is no whole number, and for one that is beyond the limit.
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
  /// The sum, or the most that can be said of it.
  public func plus(_ other: Int) -> Int {
    let (sum, isTooMuch) = addingReportingOverflow(other)
    return isTooMuch ? (other < 0 ? .min : .max) : sum
  }
}
