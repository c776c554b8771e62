/// Go's layouts: how the time 01/02 03:04:05PM '06 -0700 would be written. https://pkg.go.dev/time#Layout
struct Layout {
  enum Element: Equatable {
    case text
    case longMonth, month, numberMonth, zeroMonth
    case longWeekday, weekday, day, underDay, zeroDay, underYearDay, zeroYearDay
    case hour, hour12, zeroHour12, minute, zeroMinute, second, zeroSecond
    case longYear, year, upperHalf, lowerHalf
    case zoneName
    /// `Z07:00` where `isISO`, else `-07:00`
    case zone(isISO: Bool, Zone)
    /// `.000`, `,999`: so many digits, without zeros at the end if `isShort`.
    case fraction(separator: UInt8, digits: Int, isShort: Bool)

    enum Zone { case hours, plain, colon, seconds, colonSeconds }
  }

  /// The next element of a layout, the text in front of it, and what follows.
  static func next(_ layout: ArraySlice<UInt8>) -> (text: ArraySlice<UInt8>, element: Element, word: ArraySlice<UInt8>)
  {
    for place in layout.indices {
      let rest = layout[place...]
      if let (element, skipped, count) = element(rest) {
        return (layout[..<(place + skipped)], element, rest.dropFirst(skipped).prefix(count))
      }
    }
    return (layout, .text, layout[layout.endIndex...])
  }

  /// The element that begins here; `skipped` bytes in front of it are text.
  private static func element(_ rest: ArraySlice<UInt8>) -> (Element, skipped: Int, count: Int)? {
    func has(_ word: StaticString) -> Bool {
      rest.starts(with: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }
    /// `Janet` is no month.
    func ends(_ count: Int) -> Bool { rest.dropFirst(count).first.map { !($0 &- 0x61 < 26) } ?? true }
    guard let first = rest.first else { return nil }
    switch first {
    case UInt8(ascii: "J"):
      if has("January") { return (.longMonth, 0, 7) }
      if has("Jan"), ends(3) { return (.month, 0, 3) }
    case UInt8(ascii: "M"):
      if has("Monday") { return (.longWeekday, 0, 6) }
      if has("Mon"), ends(3) { return (.weekday, 0, 3) }
      if has("MST") { return (.zoneName, 0, 3) }
    case UInt8(ascii: "0"):
      if has("01") { return (.zeroMonth, 0, 2) }
      if has("02") { return (.zeroDay, 0, 2) }
      if has("03") { return (.zeroHour12, 0, 2) }
      if has("04") { return (.zeroMinute, 0, 2) }
      if has("05") { return (.zeroSecond, 0, 2) }
      if has("06") { return (.year, 0, 2) }
      if has("002") { return (.zeroYearDay, 0, 3) }
    case UInt8(ascii: "1"): return has("15") ? (.hour, 0, 2) : (.numberMonth, 0, 1)
    case UInt8(ascii: "2"): return has("2006") ? (.longYear, 0, 4) : (.day, 0, 1)
    case UInt8(ascii: "_"):
      if has("_2006") { return (.longYear, 1, 4) }
      if has("_2") { return (.underDay, 0, 2) }
      if has("__2") { return (.underYearDay, 0, 3) }
    case UInt8(ascii: "3"): return (.hour12, 0, 1)
    case UInt8(ascii: "4"): return (.minute, 0, 1)
    case UInt8(ascii: "5"): return (.second, 0, 1)
    case UInt8(ascii: "P"): if has("PM") { return (.upperHalf, 0, 2) }
    case UInt8(ascii: "p"): if has("pm") { return (.lowerHalf, 0, 2) }
    case UInt8(ascii: "-"):
      if has("-070000") { return (.zone(isISO: false, .seconds), 0, 7) }
      if has("-07:00:00") { return (.zone(isISO: false, .colonSeconds), 0, 9) }
      if has("-0700") { return (.zone(isISO: false, .plain), 0, 5) }
      if has("-07:00") { return (.zone(isISO: false, .colon), 0, 6) }
      if has("-07") { return (.zone(isISO: false, .hours), 0, 3) }
    case UInt8(ascii: "Z"):
      if has("Z070000") { return (.zone(isISO: true, .seconds), 0, 7) }
      if has("Z07:00:00") { return (.zone(isISO: true, .colonSeconds), 0, 9) }
      if has("Z0700") { return (.zone(isISO: true, .plain), 0, 5) }
      if has("Z07:00") { return (.zone(isISO: true, .colon), 0, 6) }
      if has("Z07") { return (.zone(isISO: true, .hours), 0, 3) }
    case UInt8(ascii: "."), UInt8(ascii: ","):
      guard let digit = rest.dropFirst().first, digit == 0x30 || digit == 0x39 else { return nil }
      let digits = rest.dropFirst().prefix { $0 == digit }
      if rest.dropFirst(1 + digits.count).first.map({ $0 &- 0x30 < 10 }) ?? false { return nil }
      return (.fraction(separator: first, digits: digits.count, isShort: digit == 0x39), 0, 1 + digits.count)
    default: break
    }
    return nil
  }
}

extension GoTime {
  /// time.Format
  func formatted(_ layout: [UInt8]) -> [UInt8] {
    let parts = parts
    var result: [UInt8] = [], rest = layout[...]
    func append(_ value: Int64, _ width: Int = 0, _ pad: UInt8 = 0x30) {
      let digits = String(value.magnitude).utf8
      if value < 0 { result.append(UInt8(ascii: "-")) }
      result += repeatElement(pad, count: max(0, width - digits.count))
      result += digits
    }
    func zone(_ offset: Int, _ form: Layout.Element.Zone) {
      let minutes = offset / 60, magnitude = Int64(minutes.magnitude)
      result.append(UInt8(ascii: minutes < 0 ? "-" : "+"))
      append(magnitude / 60, 2)
      if form == .hours { return }
      let hasColon = form == .colon || form == .colonSeconds
      if hasColon { result.append(UInt8(ascii: ":")) }
      append(magnitude % 60, 2)
      guard form == .seconds || form == .colonSeconds else { return }
      if hasColon { result.append(UInt8(ascii: ":")) }
      append(Int64((minutes < 0 ? -offset : offset) % 60), 2)
    }
    let hour12 = parts.hour % 12 == 0 ? 12 : parts.hour % 12
    while !rest.isEmpty {
      let (text, element, word) = Layout.next(rest)
      result += text
      rest = rest[word.endIndex...]
      switch element {
      case .text: return result
      case .longMonth: result += GoTime.months[Int(parts.month) - 1].utf8
      case .month: result += GoTime.months[Int(parts.month) - 1].utf8.prefix(3)
      case .numberMonth: append(parts.month)
      case .zeroMonth: append(parts.month, 2)
      case .longWeekday: result += GoTime.weekdays[Int(parts.weekday)].utf8
      case .weekday: result += GoTime.weekdays[Int(parts.weekday)].utf8.prefix(3)
      case .day: append(parts.day)
      case .underDay: append(parts.day, 2, 0x20)
      case .zeroDay: append(parts.day, 2)
      case .underYearDay: append(parts.yearDay, 3, 0x20)
      case .zeroYearDay: append(parts.yearDay, 3)
      case .hour: append(parts.hour, 2)
      case .hour12: append(hour12)
      case .zeroHour12: append(hour12, 2)
      case .minute: append(parts.minute)
      case .zeroMinute: append(parts.minute, 2)
      case .second: append(parts.second)
      case .zeroSecond: append(parts.second, 2)
      case .longYear: append(parts.year, 4)
      case .year: append(max(parts.year, 0) % 100, 2)
      case .upperHalf: result += (parts.hour >= 12 ? "PM" : "AM").utf8
      case .lowerHalf: result += (parts.hour >= 12 ? "pm" : "am").utf8
      case .zoneName:
        if parts.kind.name.isEmpty { zone(parts.kind.offset, .plain) } else { result += parts.kind.name }
      case .zone(let isISO, let form):
        if isISO, parts.kind.offset == 0 { result.append(UInt8(ascii: "Z")) } else { zone(parts.kind.offset, form) }
      case .fraction(let separator, let digits, let isShort):
        let all = String(nanoseconds + 1_000_000_000).utf8.dropFirst()
        var fraction = Array(all.prefix(digits)) + repeatElement(0x30, count: max(0, digits - 9))
        if isShort { while fraction.last == 0x30 { fraction.removeLast() } }
        if !fraction.isEmpty { result += [separator] + fraction }
      }
    }
    return result
  }
}

extension GoTime {
  /// time.ParseInLocation. Throws Go's words.
  static func parse(_ layout: [UInt8], _ value: [UInt8], _ local: Zone) throws(RenderFailure) -> GoTime {
    var parser = TimeParser(layout: layout, value: value, local: local)
    return try parser.parse()
  }
}

private struct TimeParser {
  let layout: [UInt8]
  let value: [UInt8]
  let local: Zone

  private var rest: ArraySlice<UInt8> = []
  private var year: Int64 = 0, month: Int64 = -1, day: Int64 = -1, yearDay: Int64 = -1
  private var hour: Int64 = 0, minute: Int64 = 0, second: Int64 = 0, nanoseconds: Int64 = 0
  private var half: UInt8?
  private var zone: Zone?
  private var offset: Int?
  private var zoneName: [UInt8] = []
  /// `month`, if the last number was out of its range.
  private var excess: String?

  init(layout: [UInt8], value: [UInt8], local: Zone) {
    (self.layout, self.value, self.local) = (layout, value, local)
  }

  private func failure(_ rest: ArraySlice<UInt8>, _ word: ArraySlice<UInt8>) -> RenderFailure {
    .failed(
      "parsing time \(Self.quote(value)) as \(Self.quote(layout)): "
        + "cannot parse \(Self.quote(Array(rest))) as \(Self.quote(Array(word)))")
  }

  private func failure(_ message: String) -> RenderFailure {
    .failed("parsing time \(Self.quote(value)): \(message)")
  }

  /// As time quotes: in hexadecimal what is not printable ASCII, byte by byte.
  private static func quote(_ text: [UInt8]) -> String {
    var result = "\""
    for scalar in Text.scalars(text) {
      switch scalar {
      case 0x22: result += "\\\""
      case 0x5C: result += "\\\\"
      case 0x20..<0x7F: result.unicodeScalars.append(Unicode.Scalar(scalar) ?? " ")
      default:
        for byte in Text.bytes([scalar]) {
          result += "\\x" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
      }
    }
    return result + "\""
  }

  /// Text of the layout: a run of spaces stands for any number of them.
  private mutating func skip(_ text: ArraySlice<UInt8>) -> Bool {
    var text = text
    while let first = text.first {
      if first == 0x20 {
        if let next = rest.first, next != 0x20 { return false }
        text = text.drop { $0 == 0x20 }
        rest = rest.drop { $0 == 0x20 }
        continue
      }
      guard rest.first == first else { return false }
      text = text.dropFirst()
      rest = rest.dropFirst()
    }
    return true
  }

  private mutating func number(_ digits: Int, isFixed: Bool) -> Int64? {
    let found = rest.prefix(digits).prefix { $0 &- 0x30 < 10 }
    guard !found.isEmpty, !isFixed || found.count == digits else { return nil }
    rest = rest.dropFirst(found.count)
    return found.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
  }

  private mutating func name(_ names: [String], _ length: Int?) -> Int64? {
    for (index, name) in names.enumerated() {
      let name = name.utf8.prefix(length ?? name.utf8.count)
      guard rest.count >= name.count, zip(rest, name).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else { continue }
      rest = rest.dropFirst(name.count)
      return Int64(index)
    }
    return nil
  }

  mutating func parse() throws(RenderFailure) -> GoTime {
    rest = value[...]
    var place = layout[...]
    while true {
      let (text, element, word) = Layout.next(place)
      guard skip(text) else { throw failure(rest, text) }
      if element == .text {
        guard rest.isEmpty else { throw failure("extra text: \(Self.quote(Array(rest)))") }
        break
      }
      place = place[word.endIndex...]
      let hold = rest
      excess = nil
      guard read(element, next: place) else { throw failure(hold, word) }
      if let excess { throw failure("\(excess) out of range") }
    }
    return try time()
  }

  /// - Returns: whether the element is there.
  private mutating func read(_ element: Layout.Element, next: ArraySlice<UInt8>) -> Bool {
    func check(_ value: Int64?, _ range: Range<Int64>, _ name: String) -> Int64? {
      if let value, !range.contains(value) { excess = name }
      return value
    }
    func set(_ part: WritableKeyPath<TimeParser, Int64>, _ value: Int64?) -> Bool {
      guard let value else { return false }
      self[keyPath: part] = value
      return true
    }
    switch element {
    case .text: return true
    case .year:
      guard let number = number(2, isFixed: true) else { return false }
      year = number >= 69 ? number + 1900 : number + 2000
      return true
    case .longYear: return rest.first.map { $0 &- 0x30 < 10 } ?? false ? set(\.year, number(4, isFixed: true)) : false
    case .month: return set(\.month, name(GoTime.months, 3).map { $0 + 1 })
    case .longMonth: return set(\.month, name(GoTime.months, nil).map { $0 + 1 })
    case .numberMonth, .zeroMonth:
      return set(\.month, check(number(2, isFixed: element == .zeroMonth), 1..<13, "month"))
    case .weekday: return name(GoTime.weekdays, 3) != nil
    case .longWeekday: return name(GoTime.weekdays, nil) != nil
    case .day, .underDay, .zeroDay:
      if element == .underDay, rest.first == 0x20 { rest = rest.dropFirst() }
      // Whether there are so many days is seen when the month is known.
      return set(\.day, number(2, isFixed: element == .zeroDay))
    case .underYearDay, .zeroYearDay:
      var pads = 0
      while element == .underYearDay, pads < 2, rest.first == 0x20 { rest = rest.dropFirst(); pads += 1 }
      guard let found = number(3 - pads, isFixed: true) else { return false }
      yearDay = found
      return true
    case .hour: return set(\.hour, check(number(2, isFixed: false), 0..<24, "hour"))
    case .hour12, .zeroHour12:
      return set(\.hour, check(number(2, isFixed: element == .zeroHour12), 0..<13, "hour"))
    case .minute, .zeroMinute:
      return set(\.minute, check(number(2, isFixed: element == .zeroMinute), 0..<60, "minute"))
    case .second, .zeroSecond:
      guard set(\.second, check(number(2, isFixed: element == .zeroSecond), 0..<60, "second")) else { return false }
      guard excess == nil else { return true }
      // A fraction may follow, though the layout has none.
      let digits = rest.dropFirst().prefix { $0 &- 0x30 < 10 }
      if let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","), !digits.isEmpty {
        if case .fraction = Layout.next(next).element { return true }
        return fraction(digits.count)
      }
      return true
    case .upperHalf, .lowerHalf:
      let word = rest.prefix(2), isUpper = element == .upperHalf
      guard word.elementsEqual((isUpper ? "PM" : "pm").utf8) || word.elementsEqual((isUpper ? "AM" : "am").utf8) else {
        return false
      }
      half = word.first.map { $0 | 0x20 }
      rest = rest.dropFirst(2)
      return true
    case .zone(let isISO, let form):
      if isISO, rest.first == UInt8(ascii: "Z") {
        rest = rest.dropFirst()
        zone = .utc
        return true
      }
      return readOffset(form)
    case .zoneName:
      if rest.starts(with: "UTC".utf8) {
        zone = .utc
        rest = rest.dropFirst(3)
        return true
      }
      guard let length = zoneNameLength(rest) else { return false }
      zoneName = Array(rest.prefix(length))
      rest = rest.dropFirst(length)
      return true
    case .fraction(_, let digits, let isShort):
      guard isShort else { return rest.count > digits ? fraction(digits) : false }
      guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","),
        rest.dropFirst().first.map({ $0 &- 0x30 < 10 }) ?? false
      else { return true }
      // Any number of digits, but nine count.
      let count = rest.dropFirst().prefix { $0 &- 0x30 < 10 }.count
      return fraction(count)
    }
  }

  private mutating func fraction(_ digits: Int) -> Bool {
    guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",") else { return false }
    let found = rest.dropFirst().prefix(digits)
    guard found.count == digits, found.allSatisfy({ $0 &- 0x30 < 10 }) else { return false }
    nanoseconds = found.prefix(9).reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    for _ in 0..<max(0, 9 - digits) { nanoseconds *= 10 }
    rest = rest.dropFirst(1 + digits)
    return true
  }

  private mutating func readOffset(_ form: Layout.Element.Zone) -> Bool {
    guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
    rest = rest.dropFirst()
    guard let hours = number(2, isFixed: true) else { return false }
    var minutes: Int64 = 0, seconds: Int64 = 0
    func colon() -> Bool {
      guard form == .colon || form == .colonSeconds else { return true }
      guard rest.first == UInt8(ascii: ":") else { return false }
      rest = rest.dropFirst()
      return true
    }
    if form != .hours {
      guard colon(), let found = number(2, isFixed: true) else { return false }
      minutes = found
    }
    if form == .seconds || form == .colonSeconds {
      guard colon(), let found = number(2, isFixed: true) else { return false }
      seconds = found
    }
    if hours > 24 { excess = "time zone offset hour" }
    if minutes > 60 { excess = "time zone offset minute" }
    if seconds > 60 { excess = "time zone offset second" }
    let all = Int((hours * 60 + minutes) * 60 + seconds)
    offset = sign == UInt8(ascii: "-") ? -all : all
    return true
  }

  /// `GMT+3`, `+03`, `ChST`, or three or four capitals, of four or five the last is a T.
  private func zoneNameLength(_ text: ArraySlice<UInt8>) -> Int? {
    func signed(_ text: ArraySlice<UInt8>) -> Int {
      guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return 0 }
      let digits = text.dropFirst().prefix { $0 &- 0x30 < 10 }
      guard !digits.isEmpty, digits.count < 9, digits.reduce(0, { $0 * 10 + Int($1 - 0x30) }) <= 23 else { return 0 }
      return 1 + digits.count
    }
    guard text.count >= 3 else { return nil }
    if text.starts(with: "ChST".utf8) || text.starts(with: "MeST".utf8) { return 4 }
    if text.starts(with: "GMT".utf8) { return 3 + signed(text.dropFirst(3)) }
    if text.first == UInt8(ascii: "+") || text.first == UInt8(ascii: "-") {
      let length = signed(text)
      return length > 0 ? length : nil
    }
    let capitals = text.prefix(6).prefix { $0 &- 0x41 < 26 }
    switch capitals.count {
    case 5: return capitals.last == UInt8(ascii: "T") ? 5 : nil
    case 4: return capitals.last == UInt8(ascii: "T") || capitals.elementsEqual("WITA".utf8) ? 4 : nil
    case 3: return 3
    default: return nil
    }
  }

  private mutating func time() throws(RenderFailure) -> GoTime {
    if half == UInt8(ascii: "p"), hour < 12 { hour += 12 } else if half == UInt8(ascii: "a"), hour == 12 { hour = 0 }
    if yearDay >= 0 {
      guard 1...(GoTime.isLeap(year) ? 366 : 365) ~= yearDay else { throw failure("day-of-year out of range") }
      let date = GoTime.civil(GoTime.day(year, 1, 1) + yearDay - 1)
      guard month < 0 || month == date.month else { throw failure("day-of-year does not match month") }
      guard day < 0 || day == date.day else { throw failure("day-of-year does not match day") }
      (month, day) = (date.month, date.day)
    } else {
      if month < 0 { month = 1 }
      if day < 0 { day = 1 }
    }
    guard 1...GoTime.days(in: month, year) ~= day else { throw failure("day out of range") }
    let seconds = hour * 3600 + minute * 60 + second
    if let zone { return GoTime.time(year, month, day, seconds, nanoseconds, zone) }
    let utc = GoTime.day(year, month, day) * 86400 + seconds
    if let offset {
      let kind = local.kind(at: utc - Int64(offset))
      let isLocal = kind.offset == offset && (zoneName.isEmpty || kind.name == zoneName)
      return GoTime(
        utc - Int64(offset), nanoseconds,
        isLocal ? local : Zone(Zone.Kind(offset: offset, isSummer: false, name: zoneName)))
    }
    if !zoneName.isEmpty {
      if let kind = local.kind(named: zoneName, at: utc) { return GoTime(utc - Int64(kind.offset), nanoseconds, local) }
      var offset = 0
      if zoneName.count > 3, zoneName.starts(with: "GMT".utf8) {
        offset = Int(GoInteger.parse(Array(zoneName.dropFirst(3))).value) * 3600
      }
      // Go does not subtract it.
      return GoTime(utc, nanoseconds, Zone(Zone.Kind(offset: offset, isSummer: false, name: zoneName)))
    }
    return GoTime.time(year, month, day, seconds, nanoseconds, local)
  }
}
