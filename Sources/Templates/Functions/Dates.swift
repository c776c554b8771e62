extension Sprig {
  mutating func addDates() {
    let zones = ZoneMemory()
    func object(_ time: GoTime) -> Value { .object(GoObject(time)) }
    /// What is no time is the time of the clock.
    func time(_ value: Value, _ call: Execution) -> GoTime {
      switch value {
      case .int64(let seconds): return GoTime(seconds, 0, zones.local)
      case .int(let seconds): return GoTime(Int64(seconds), 0, zones.local)
      default:
        if let time = value.time { return time }
        call.trace?.isRandom = true
        return GoTime.now(zones.local)
      }
    }
    func inZone(_ layout: [UInt8], _ value: Value, _ zone: [UInt8], _ call: Execution) throws -> Value {
      let time = time(value, call)
      // Beyond that the years of Go wrap around.
      guard time.seconds.magnitude < 1 << 60 else { throw RenderFailure.unknown }
      return .string(time.inZone(zones[zone]).formatted(layout))
    }
    let local = Array("Local".utf8), html = Array("2006-01-02".utf8)
    add("now", isRandom: true) { _, _ in object(GoTime.now(zones.local)) }
    add("date", takes: [.string, .any]) { try inZone($1[0].text, $1[1], local, $0) }
    add("dateInZone", "date_in_zone", takes: [.string, .any, .string]) { call, arguments in
      try inZone(arguments[0].text, arguments[1], arguments[2].text, call)
    }
    add("htmlDate", takes: [.any]) { try inZone(html, $1[0], local, $0) }
    add("htmlDateInZone", takes: [.any, .string]) { try inZone(html, $1[0], $1[1].text, $0) }
    for isMust in [false, true] {
      let names = isMust ? ["mustDateModify", "must_date_modify"] : ["dateModify", "date_modify"]
      for name in names {
        add(name, takes: [.string, .object("time.Time")]) { _, arguments in
          guard let time = arguments[1].time else { throw RenderFailure.unknown }
          do throws(RenderFailure) {
            return object(time.adding(try GoDuration.parse(arguments[0].text)))
          } catch {
            if isMust { throw error }
            return object(time)
          }
        }
      }
      add(isMust ? "mustToDate" : "toDate", takes: [.string, .string]) { _, arguments in
        do throws(RenderFailure) {
          return object(try GoTime.parse(arguments[0].text, arguments[1].text, zones.local))
        } catch {
          if isMust { throw error }
          return object(.zero)
        }
      }
    }
    add("ago", takes: [.any], isRandom: true) { call, arguments in
      let past = GoTime.now(zones.local).since(time(arguments[0], call)), second: Int64 = 1_000_000_000
      let rest = past % second
      // To the nearest second, halves away from zero.
      let whole = past &- rest &+ (rest.magnitude * 2 >= second.magnitude ? (past < 0 ? -second : second) : 0)
      return .string(GoDuration(nanoseconds: whole).text ?? [])
    }
    add("duration", takes: [.any]) { _, arguments in
      let seconds: Int64 =
        switch arguments[0] {
        case .string(let text): GoInteger.parse(text).value
        case .int64(let value): value
        default: 0
        }
      return .string(GoDuration(nanoseconds: seconds &* 1_000_000_000).text ?? [])
    }
    add("durationRound", takes: [.any]) { call, arguments in
      var nanoseconds: Int64 = 0
      switch arguments[0] {
      case .string(let text): nanoseconds = (try? GoDuration.parse(text)) ?? 0
      case .int64(let value): nanoseconds = value
      default:
        guard let time = arguments[0].time else { break }
        call.trace?.isRandom = true
        nanoseconds = GoTime.now(zones.local).since(time)
      }
      let seconds: UInt64 = 1_000_000_000, hour = seconds * 3600
      for (unit, name) in [
        (hour * 24 * 365, "y"), (hour * 24 * 30, "mo"), (hour * 24, "d"), (hour, "h"), (seconds * 60, "m"),
        (seconds, "s")
      ] where nanoseconds.magnitude > unit {
        return Value("\(nanoseconds.magnitude / unit)\(name)")
      }
      return "0s"
    }
    add("unixEpoch", takes: [.object("time.Time")]) { _, arguments in
      guard let time = arguments[0].time else { throw RenderFailure.unknown }
      return Value(String(time.seconds))
    }
  }
}

/// The time zones of a rendering: each is read once.
private final class ZoneMemory {
  lazy var local = Zone.local()
  private var known: [[UInt8]: Zone] = [:]

  /// UTC for a name that leads nowhere.
  subscript(name: [UInt8]) -> Zone {
    if name.elementsEqual("Local".utf8) { return local }
    if let zone = known[name] { return zone }
    let zone = Zone.named(name) ?? .utc
    if known.count < 64 { known[name] = zone }
    return zone
  }
}
