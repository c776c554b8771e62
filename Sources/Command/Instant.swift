import Glibc

/// A time in whole seconds, as Kubernetes and helm write it (RFC 3339): `2026-11-21T04:31:08Z`.
package struct Instant: Equatable {
  /// Seconds since 1970.
  package var seconds: Int

  package init(seconds: Int) { self.seconds = seconds }

  /// Any time zone, with or without fractions of a second; nil for anything else.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20 else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16),
      let second = number(17..<19), bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[13] == 0x3A, bytes[16] == 0x3A
    else { return nil }
    var rest = bytes[19...]
    if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop { (0x30...0x39).contains($0) } }
    var offset = 0
    switch rest.first {
    case UInt8(ascii: "Z") where rest.count == 1: break
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      let at = rest.startIndex
      guard rest.count == 6, let hours = number(at + 1..<at + 3), let minutes = number(at + 4..<at + 6) else {
        return nil
      }
      offset = (hours * 60 + minutes) * (rest.first == UInt8(ascii: "-") ? -60 : 60)
    default: return nil
    }
    var fields = tm()
    (fields.tm_year, fields.tm_mon, fields.tm_mday) = (Int32(year) - 1900, Int32(month) - 1, Int32(day))
    (fields.tm_hour, fields.tm_min, fields.tm_sec) = (Int32(hour), Int32(minute), Int32(second))
    seconds = timegm(&fields) - offset
  }

  package var text: String {
    var time = time_t(seconds), fields = tm()
    gmtime_r(&time, &fields)
    var buffer = [CChar](repeating: 0, count: 40)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &fields)
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
