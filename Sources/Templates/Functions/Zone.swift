import Glibc

/// A time zone, as Go's time.Location: read from the machine's zoneinfo. https://www.rfc-editor.org/rfc/rfc9636
final class Zone: Sendable {
  struct Kind: Equatable, Sendable {
    /// Seconds east of UTC.
    var offset: Int
    var isSummer: Bool
    var name: [UInt8]
  }

  static let utc = Zone(Kind(offset: 0, isSummer: false, name: Array("UTC".utf8)))

  private let kinds: [Kind]
  private let times: [Int64]
  private let indices: [UInt8]
  private let rule: Rule?

  /// A zone that is the same at all times.
  init(_ kind: Kind) { (kinds, times, indices, rule) = ([kind], [], [], nil) }

  /// As Go's LoadLocation, but `Local`; nil for a name that leads nowhere.
  static func named(_ name: [UInt8]) -> Zone? {
    if name.isEmpty || name.elementsEqual("UTC".utf8) { return utc }
    let slash = UInt8(ascii: "/"), first = name[0]
    if first == slash || first == UInt8(ascii: "\\") || Text.find(Array("..".utf8), in: name) != nil
      || name.contains(0)
    {
      return nil
    }
    for directory in ["/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/", "/usr/lib/locale/TZ/", "/etc/zoneinfo/"] {
      if let zone = read(directory + String(decoding: name, as: UTF8.self)) { return zone }
    }
    return nil
  }

  /// The zone of this machine, by TZ, else /etc/localtime.
  static func local() -> Zone {
    guard let variable = getenv("TZ") else { return read("/etc/localtime") ?? utc }
    var name = Array(UnsafeBufferPointer(start: variable, count: strlen(variable)).map { UInt8(bitPattern: $0) })
    if name.first == UInt8(ascii: ":") { name.removeFirst() }
    if name.first == UInt8(ascii: "/") { return read(String(decoding: name, as: UTF8.self)) ?? utc }
    return named(name) ?? utc
  }

  private static func read(_ path: String) -> Zone? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    // The largest there is has 4 KB.
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Zone(file: bytes.prefix(count))
  }

  /// A TZif file of version 2 or later.
  private init?(file: ArraySlice<UInt8>) {
    var rest = file
    func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
      let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return bytes.count == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
    func take(_ count: Int) -> ArraySlice<UInt8>? {
      guard count >= 0, rest.count >= count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
    /// isut, isstd, leap, time, type, char
    func header() -> (version: UInt8, counts: [Int])? {
      guard let head = take(44), head.starts(with: "TZif".utf8) else { return nil }
      let counts = (0..<6).map { Int(number(head.dropFirst(20 + 4 * $0).prefix(4))) }
      guard counts.allSatisfy({ 0..<65536 ~= $0 }) else { return nil }
      return (head[head.startIndex + 4], counts)
    }
    guard let (version, old) = header(), version >= UInt8(ascii: "2"),
      take(old[3] * 5 + old[4] * 6 + old[5] + old[2] * 8 + old[1] + old[0]) != nil, let (_, new) = header(),
      let timeBytes = take(new[3] * 8), let indexBytes = take(new[3]), let kindBytes = take(new[4] * 6),
      let names = take(new[5]), take(new[2] * 12 + new[1] + new[0]) != nil, new[4] > 0
    else { return nil }
    times = (0..<new[3]).map { number(timeBytes.dropFirst(8 * $0).prefix(8)) }
    indices = Array(indexBytes)
    kinds = (0..<new[4]).map { place in
      let kind = kindBytes.dropFirst(6 * place).prefix(6)
      let name = names.dropFirst(Int(kind[kind.startIndex + 5])).prefix { $0 != 0 }
      return Kind(
        offset: Int(number(kind.prefix(4))), isSummer: kind[kind.startIndex + 4] != 0, name: Array(name))
    }
    guard indices.allSatisfy({ $0 < new[4] }) else { return nil }
    rule = rest.first == 0x0A ? Rule(Array(rest.dropFirst().prefix { $0 != 0x0A })) : nil
  }

  /// What is in force at a time, in seconds since 1970.
  func kind(at time: Int64) -> Kind {
    guard let first = times.first, time >= first else { return earliest }
    var (low, high) = (0, times.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle } else { high = middle }
    }
    if low == times.count - 1, let rule { return rule.kind(at: time) }
    return kinds[Int(indices[low])]
  }

  /// Before the first change: the first kind, if no change leads to it, else the first that is not summer time.
  private var earliest: Kind {
    if times.isEmpty, let rule { return rule.kind(at: 0) }
    if !indices.contains(0) { return kinds[0] }
    return kinds.first { !$0.isSummer } ?? kinds[0]
  }

  /// The kind of a name, as `CEST`, near a time.
  func kind(named name: [UInt8], at time: Int64) -> Kind? {
    for kind in kinds where kind.name == name {
      if self.kind(at: time - Int64(kind.offset)).name == name { return self.kind(at: time - Int64(kind.offset)) }
    }
    return kinds.first { $0.name == name }
  }

  /// `CET-1CEST,M3.5.0,M10.5.0/3`: what holds behind the last change that is listed.
  struct Rule: Sendable {
    private var standard: Kind
    private var summer: (kind: Kind, start: Day, end: Day)?

    private struct Day: Sendable {
      enum Form: Sendable { case month(Int, week: Int, weekday: Int), julian(Int), day(Int) }
      var form: Form
      var seconds: Int
    }

    init?(_ text: [UInt8]) {
      var rest = text[...]
      func name() -> [UInt8]? {
        if rest.first == UInt8(ascii: "<") {
          guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
          defer { rest = rest[(end + 1)...] }
          return Array(rest[(rest.startIndex + 1)..<end])
        }
        let name = rest.prefix { !("0123456789,-+".utf8.contains($0)) }
        rest = rest.dropFirst(name.count)
        return name.count < 3 ? nil : Array(name)
      }
      func number() -> Int? {
        let digits = rest.prefix { $0 &- 0x30 < 10 }
        rest = rest.dropFirst(digits.count)
        return digits.isEmpty || digits.count > 4 ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      }
      func skip(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest = rest.dropFirst()
        return true
      }
      /// `-1:30`
      func seconds() -> Int? {
        let isNegative = skip(UInt8(ascii: "-"))
        if !isNegative { _ = skip(UInt8(ascii: "+")) }
        guard var value = number().map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] {
          guard skip(UInt8(ascii: ":")) else { break }
          guard let more = number() else { return nil }
          value += more * unit
        }
        return isNegative ? -value : value
      }
      func day() -> Day? {
        let form: Day.Form
        if skip(UInt8(ascii: "M")) {
          guard let month = number(), 1...12 ~= month, skip(UInt8(ascii: ".")), let week = number(), 1...5 ~= week,
            skip(UInt8(ascii: ".")), let weekday = number(), 0...6 ~= weekday
          else { return nil }
          form = .month(month, week: week, weekday: weekday)
        } else if skip(UInt8(ascii: "J")) {
          guard let day = number(), 1...365 ~= day else { return nil }
          form = .julian(day)
        } else {
          guard let day = number(), 0...365 ~= day else { return nil }
          form = .day(day)
        }
        guard skip(UInt8(ascii: "/")) else { return Day(form: form, seconds: 7200) }
        return seconds().map { Day(form: form, seconds: $0) }
      }
      guard let first = name(), let offset = seconds() else { return nil }
      standard = Kind(offset: -offset, isSummer: false, name: first)
      if rest.isEmpty || rest.first == UInt8(ascii: ",") { return }
      guard let second = name() else { return nil }
      var summerOffset = standard.offset + 3600
      if !rest.isEmpty, rest.first != UInt8(ascii: ",") {
        guard let offset = seconds() else { return nil }
        summerOffset = -offset
      }
      if rest.isEmpty { rest = Array(",M3.2.0,M11.1.0".utf8)[...] }
      guard skip(UInt8(ascii: ",")), let start = day(), skip(UInt8(ascii: ",")), let end = day(), rest.isEmpty else {
        return nil
      }
      summer = (Kind(offset: summerOffset, isSummer: true, name: second), start, end)
    }

    func kind(at time: Int64) -> Kind {
      guard let summer else { return standard }
      let local = GoTime.days(time)
      let year = GoTime.civil(local).year
      let inYear = time - GoTime.day(year, 1, 1) * 86400
      let start = Rule.seconds(summer.start, year) - Int64(standard.offset)
      let end = Rule.seconds(summer.end, year) - Int64(summer.kind.offset)
      let isSummer = start < end ? inYear >= start && inYear < end : !(inYear >= end && inYear < start)
      return isSummer ? summer.kind : standard
    }

    /// Of the change, from the beginning of the year, in the time that was in force.
    private static func seconds(_ day: Day, _ year: Int64) -> Int64 {
      let number: Int64
      switch day.form {
      case .julian(let day): number = Int64(day - 1) + (GoTime.isLeap(year) && day >= 60 ? 1 : 0)
      case .day(let day): number = Int64(day)
      case .month(let month, let week, let weekday):
        let first = GoTime.day(year, Int64(month), 1)
        let next = month == 12 ? GoTime.day(year + 1, 1, 1) : GoTime.day(year, Int64(month) + 1, 1)
        var place = first + (Int64(weekday) - GoTime.weekday(first) + 7) % 7 + Int64(week - 1) * 7
        while place >= next { place -= 7 }
        number = place - GoTime.day(year, 1, 1)
      }
      return number * 86400 + Int64(day.seconds)
    }
  }
}
