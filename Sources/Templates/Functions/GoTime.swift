import Glibc

/// A point in time, as Go's time.Time. https://pkg.go.dev/time
final class GoTime: GoType, GoEncodable {
  /// Since 1970.
  let seconds: Int64
  let nanoseconds: Int64
  let zone: Zone
  /// Whether it came from the clock: then it prints what that has counted, too.
  let isReading: Bool

  init(_ seconds: Int64, _ nanoseconds: Int64 = 0, _ zone: Zone, isReading: Bool = false) {
    (self.seconds, self.nanoseconds, self.zone, self.isReading) = (seconds, nanoseconds, zone, isReading)
  }

  static func now(_ zone: Zone) -> GoTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return GoTime(Int64(time.tv_sec), Int64(time.tv_nsec), zone, isReading: true)
  }

  /// Go's zero time, in UTC: the first of January of the year 1.
  static var zero: GoTime { GoTime(-62_135_596_800, 0, .utc) }

  // MARK: calendar

  static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// Days since 1970 of a time in seconds.
  static func days(_ seconds: Int64) -> Int64 { floorDivided(seconds, 86400).quotient }

  static func floorDivided(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  /// Days since 1970 of a date. Years are counted from March here, so that the day of a leap year comes last.
  static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = floorDivided(year, 400)
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = floorDivided(day &+ 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100), part = (5 * dayOfYear + 2) / 153
    let month = part < 10 ? part + 3 : part - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
  }

  /// From Sunday.
  static func weekday(_ day: Int64) -> Int64 { floorDivided(day &+ 4, 7).remainder }

  static func days(in month: Int64, _ year: Int64) -> Int64 {
    month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December"
  ]
  static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

  /// What a clock in the zone shows.
  struct Parts {
    var year: Int64, month: Int64, day: Int64, weekday: Int64, yearDay: Int64
    var hour: Int64, minute: Int64, second: Int64
    var kind: Zone.Kind
  }

  var parts: Parts {
    let kind = zone.kind(at: seconds)
    let (day, time) = GoTime.floorDivided(seconds &+ Int64(kind.offset), 86400)
    let (year, month, dayOfMonth) = GoTime.civil(day)
    return Parts(
      year: year, month: month, day: dayOfMonth, weekday: GoTime.weekday(day),
      yearDay: day - GoTime.day(year, 1, 1) + 1, hour: time / 3600, minute: time / 60 % 60, second: time % 60,
      kind: kind)
  }

  /// The time that a clock in a zone shows like this; in doubt as Go decides.
  static func time(
    _ year: Int64, _ month: Int64, _ day: Int64, _ second: Int64, _ nanoseconds: Int64, _ zone: Zone
  ) -> GoTime {
    let local = GoTime.day(year, month, day) * 86400 + second
    var offset = zone.kind(at: local).offset
    if offset != 0 { offset = zone.kind(at: local - Int64(offset)).offset }
    return GoTime(local - Int64(offset), nanoseconds, zone)
  }

  func adding(_ duration: Int64) -> GoTime {
    let (more, rest) = GoTime.floorDivided(duration, 1_000_000_000)
    let (carry, nanoseconds) = (self.nanoseconds + rest).quotientAndRemainder(dividingBy: 1_000_000_000)
    return GoTime(seconds &+ more &+ carry, nanoseconds, zone, isReading: isReading)
  }

  func inZone(_ zone: Zone) -> GoTime { GoTime(seconds, nanoseconds, zone, isReading: isReading) }

  /// Nanoseconds, at most those that Go can hold.
  func since(_ other: GoTime) -> Int64 {
    let (seconds, overflows) = seconds.subtractingReportingOverflow(other.seconds)
    let (scaled, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (all, exceeds) = scaled.addingReportingOverflow(nanoseconds - other.nanoseconds)
    if overflows || isTooLarge || exceeds { return self.seconds < other.seconds ? .min : .max }
    return all
  }

  // MARK: as an object

  var typeName: String { "time.Time" }

  var text: [UInt8]? {
    let text = formatted(Array("2006-01-02 15:04:05.999999999 -0700 MST".utf8))
    return isReading ? text + Array(" m=+0.000000001".utf8) : text
  }

  var encoded: GoEncoded { .value(.string(formatted(Array("2006-01-02T15:04:05.999999999Z07:00".utf8)))) }

  func isEqual(to other: any GoType) -> Bool {
    guard let other = other as? GoTime else { return false }
    return seconds == other.seconds && nanoseconds == other.nanoseconds && zone === other.zone
  }

  func method(_ name: String) -> Function? {
    func number(_ value: Int64) -> Function { Function([]) { _, _ in .int(Int(value)) } }
    func time(_ value: GoTime) -> Function { Function([]) { _, _ in .object(GoObject(value)) } }
    func compare(_ isTrue: @escaping (Int64) -> Bool) -> Function {
      Function([.object("time.Time")]) { _, arguments in
        guard let other = arguments[0].time else { throw RenderFailure.unknown }
        return .bool(isTrue(self.since(other)))
      }
    }
    let parts = parts
    switch name {
    case "Year": return number(parts.year)
    case "Day": return number(parts.day)
    case "Hour": return number(parts.hour)
    case "Minute": return number(parts.minute)
    case "Second": return number(parts.second)
    case "Nanosecond": return number(nanoseconds)
    case "YearDay": return number(parts.yearDay)
    case "Month":
      return Function([]) { _, _ in .object(GoObject(GoMonth(month: parts.month))) }
    case "Weekday":
      return Function([]) { _, _ in .object(GoObject(GoMonth(weekday: parts.weekday))) }
    case "Unix": return Function([]) { _, _ in .int64(self.seconds) }
    case "UnixMilli": return Function([]) { _, _ in .int64(self.seconds &* 1000 &+ self.nanoseconds / 1_000_000) }
    case "UnixMicro": return Function([]) { _, _ in .int64(self.seconds &* 1_000_000 &+ self.nanoseconds / 1000) }
    case "UnixNano": return Function([]) { _, _ in .int64(self.seconds &* 1_000_000_000 &+ self.nanoseconds) }
    case "String": return Function([]) { _, _ in .string(self.text ?? []) }
    case "Format": return Function([.string]) { _, arguments in .string(self.formatted(arguments[0].text)) }
    case "UTC": return time(inZone(.utc))
    case "Local": return time(inZone(.local()))
    case "IsZero": return Function([]) { _, _ in .bool(self.seconds == GoTime.zero.seconds && self.nanoseconds == 0) }
    case "Before": return compare { $0 < 0 }
    case "After": return compare { $0 > 0 }
    case "Equal": return compare { $0 == 0 }
    case "Add":
      return Function([.object("time.Duration")]) { _, arguments in
        guard let duration = arguments[0].duration else { throw RenderFailure.unknown }
        return .object(GoObject(self.adding(duration)))
      }
    case "Sub":
      return Function([.object("time.Time")]) { _, arguments in
        guard let other = arguments[0].time else { throw RenderFailure.unknown }
        return .object(GoObject(GoDuration(nanoseconds: self.since(other))))
      }
    case "AddDate":
      return Function([.int, .int, .int]) { _, arguments in
        let counts = arguments.map { Int64($0.int) }
        guard counts.allSatisfy({ $0.magnitude < 1_000_000 }) else { throw RenderFailure.unknown }
        let (years, month) = GoTime.floorDivided(parts.month - 1 + counts[1], 12)
        let first = GoTime.day(parts.year + counts[0] + years, month + 1, 1) + parts.day - 1 + counts[2]
        let date = GoTime.civil(first), second = parts.hour * 3600 + parts.minute * 60 + parts.second
        return .object(
          GoObject(GoTime.time(date.year, date.month, date.day, second, self.nanoseconds, self.zone)))
      }
    case "Truncate", "Round", "Date", "Clock", "ISOWeek", "Location", "Zone", "In", "Compare", "GoString",
      "AppendFormat", "MarshalText", "MarshalJSON", "MarshalBinary", "GobEncode", "IsDST", "ZoneBounds":
      return Function([], variadic: .any) { _, _ in throw RenderFailure.unknown }
    default: return nil
    }
  }
}

/// A time.Month or a time.Weekday: a number with a name.
struct GoMonth: GoType {
  let number: Int64
  let typeName: String
  let text: [UInt8]?

  /// From 1.
  init(month: Int64) {
    (number, typeName, text) = (month, "time.Month", Array(GoTime.months[Int(month - 1)].utf8))
  }

  /// From Sunday, which is 0.
  init(weekday: Int64) {
    (number, typeName, text) = (weekday, "time.Weekday", Array(GoTime.weekdays[Int(weekday)].utf8))
  }

  var kindName: String { "int" }
  var isTrue: Bool { number != 0 }

  func isEqual(to other: any GoType) -> Bool {
    (other as? GoMonth).map { $0.number == number && $0.typeName == typeName } ?? false
  }

  func method(_ name: String) -> Function? {
    name == "String" ? Function([]) { _, _ in .string(self.text ?? []) } : nil
  }
}

/// A time.Duration.
struct GoDuration: GoType, GoEncodable {
  let nanoseconds: Int64

  var typeName: String { "time.Duration" }
  var kindName: String { "int64" }
  var isTrue: Bool { nanoseconds != 0 }
  var encoded: GoEncoded { .value(.int64(nanoseconds)) }

  /// `1h2m3.5s`
  var text: [UInt8]? {
    let magnitude = nanoseconds.magnitude
    if magnitude == 0 { return Array("0s".utf8) }
    var text = nanoseconds < 0 ? "-" : ""
    /// `value / unit` with as many places as there are.
    func number(_ value: UInt64, _ unit: UInt64, _ places: Int) -> String {
      let fraction = String(value % unit)
      var digits = String(repeating: "0", count: places - min(places, fraction.utf8.count)) + fraction
      while digits.utf8.last == 0x30 { digits.removeLast() }
      return "\(value / unit)" + (value % unit == 0 ? "" : ".\(digits)")
    }
    switch magnitude {
    case ..<1000: text += "\(magnitude)ns"
    case ..<1_000_000: text += number(magnitude, 1000, 3) + "µs"
    case ..<1_000_000_000: text += number(magnitude, 1_000_000, 6) + "ms"
    default:
      let minutes = magnitude / 60_000_000_000
      if minutes >= 60 { text += "\(minutes / 60)h" }
      if minutes > 0 { text += "\(minutes % 60)m" }
      text += number(magnitude % 60_000_000_000, 1_000_000_000, 9) + "s"
    }
    return Array(text.utf8)
  }

  func isEqual(to other: any GoType) -> Bool { (other as? GoDuration)?.nanoseconds == nanoseconds }

  func method(_ name: String) -> Function? {
    func number(_ value: Int64) -> Function { Function([]) { _, _ in .int64(value) } }
    func float(_ unit: Int64) -> Function {
      Function([]) { _, _ in
        .float64(Double(self.nanoseconds / unit) + Double(self.nanoseconds % unit) / Double(unit))
      }
    }
    switch name {
    case "String": return Function([]) { _, _ in .string(self.text ?? []) }
    case "Nanoseconds": return number(nanoseconds)
    case "Microseconds": return number(nanoseconds / 1000)
    case "Milliseconds": return number(nanoseconds / 1_000_000)
    case "Seconds": return float(1_000_000_000)
    case "Minutes": return float(60_000_000_000)
    case "Hours": return float(3_600_000_000_000)
    case "Round", "Truncate", "Abs": return Function([], variadic: .any) { _, _ in throw RenderFailure.unknown }
    default: return nil
    }
  }

  /// time.ParseDuration: `-1.5h30m`. Throws Go's words.
  static func parse(_ text: [UInt8]) throws(RenderFailure) -> Int64 {
    let invalid = RenderFailure.failed("time: invalid duration \(GoQuote.quoted(text))")
    var rest = text[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    if rest.elementsEqual("0".utf8) { return 0 }
    guard !rest.isEmpty else { throw invalid }
    let limit = UInt64(1) << 63
    var total: UInt64 = 0
    while let first = rest.first {
      guard first == UInt8(ascii: ".") || first &- 0x30 < 10 else { throw invalid }
      let whole = rest.prefix { $0 &- 0x30 < 10 }
      rest = rest.dropFirst(whole.count)
      var value: UInt64 = 0
      for digit in whole {
        let (product, overflows) = value.multipliedReportingOverflow(by: 10)
        let (sum, exceeds) = product.addingReportingOverflow(UInt64(digit - 0x30))
        guard !overflows, !exceeds, sum <= limit else { throw invalid }
        value = sum
      }
      var fraction: UInt64 = 0, scale = 1.0, hasFraction = false
      if rest.first == UInt8(ascii: ".") {
        rest = rest.dropFirst()
        let digits = rest.prefix { $0 &- 0x30 < 10 }
        rest = rest.dropFirst(digits.count)
        hasFraction = !digits.isEmpty
        for digit in digits.prefix(18) {
          fraction = fraction * 10 + UInt64(digit - 0x30)
          scale *= 10
        }
      }
      guard !whole.isEmpty || hasFraction else { throw invalid }
      let unit = rest.prefix { $0 != UInt8(ascii: ".") && $0 &- 0x30 >= 10 }
      rest = rest.dropFirst(unit.count)
      guard !unit.isEmpty else { throw .failed("time: missing unit in duration \(GoQuote.quoted(text))") }
      let factor: UInt64
      switch String(decoding: unit, as: UTF8.self) {
      case "ns": factor = 1
      case "us", "\u{B5}s", "\u{3BC}s": factor = 1000
      case "ms": factor = 1_000_000
      case "s": factor = 1_000_000_000
      case "m": factor = 60_000_000_000
      case "h": factor = 3_600_000_000_000
      default:
        throw .failed("time: unknown unit \(GoQuote.quoted(unit)) in duration \(GoQuote.quoted(text))")
      }
      guard value <= limit / factor else { throw invalid }
      value *= factor
      if fraction > 0 { value += UInt64(Double(fraction) * (Double(factor) / scale)) }
      guard value <= limit else { throw invalid }
      total += value
      guard total <= limit else { throw invalid }
    }
    if isNegative { return Int64(truncatingIfNeeded: 0 &- total) }
    guard total < limit else { throw invalid }
    return Int64(total)
  }
}

extension Value {
  var time: GoTime? { if case .object(let object) = self { object.content as? GoTime } else { nil } }
  var duration: Int64? {
    if case .object(let object) = self { (object.content as? GoDuration)?.nanoseconds } else { nil }
  }
}
