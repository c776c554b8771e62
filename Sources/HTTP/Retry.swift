import Glibc

/// The schedule of retries: after a quarter of a second, a half, one and two seconds, or when the server says, but
/// within a minute. Five tries in all. No jitter: the same events give the same waits.
package struct Retry {
  static let pauses = [0.25, 0.5, 1, 2]
  static let longest = 60.0
  private var tries = 0

  package init() {}

  /// The seconds until the next try; nil after the last.
  package mutating func pause(retryAfter: String? = nil) -> Double? {
    guard tries < Retry.pauses.count else { return nil }
    defer { tries += 1 }
    return retryAfter.flatMap { Retry.seconds($0, now: Int(time(nil))) }.map { min($0, Retry.longest) }
      ?? Retry.pauses[tries]
  }

  /// Progress was made: starts counting tries from zero.
  package mutating func reset() { tries = 0 }

  /// Whether a response with this status may be different on a retry.
  package static func isTransient(_ status: Int) -> Bool { [408, 429, 500, 502, 503, 504].contains(status) }

  /// Parses `Retry-After`: seconds, or an HTTP date (RFC 9110 §10.2.3, §5.6.7). nil if it is neither.
  package static func seconds(_ value: String, now: Int) -> Double? {
    if let seconds = Int(value) { return seconds >= 0 ? Double(seconds) : nil }
    return httpDate(value).map { Double(max(0, $0 - now)) }
  }

  /// Parses `Sun, 06 Nov 1994 08:49:37 GMT` into seconds since 1970.
  static func httpDate(_ text: String) -> Int? {
    let words = text.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT", let day = Int32(words[1]),
      let month = months.firstIndex(of: String(words[2])),
      let year = Int32(words[3]), (1970...9999).contains(year)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int32($0) }
    guard clock.count == 3 else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, Int32(month), day)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (clock[0], clock[1], clock[2])
    return timegm(&parts)
  }
}
