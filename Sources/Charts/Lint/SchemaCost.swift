import Records

/// How long it takes to hold values against a schema, found before it is done: few lines of a schema can double the
/// work with each level of the values. It is counted as if all that could be looked at were.
struct SchemaCost {
  struct Excess: Error {}

  /// About microseconds.
  static let limit = 100_000
  /// Levels of the schema, one in another or by reference, on the way to a value.
  private static let depth = 600

  private let target: (String) -> JSON?
  private var left = SchemaCost.limit
  private var targets: [String: JSON?] = [:]
  private var sizes: [String: Int] = [:]

  /// - Parameter target: where a reference leads.
  init(target: @escaping (String) -> JSON?) { self.target = target }

  mutating func take(_ schema: JSON, _ value: ChartValue, depth: Int = 0) throws(Excess) {
    guard depth < SchemaCost.depth else { throw Excess() }
    try spend(1)
    guard let members = schema.object else { return }
    for (name, inner) in members {
      switch name {
      case "$ref":
        guard let reference = inner.string else { break }
        if targets[reference] == nil { targets[reference] = .some(target(reference)) }
        if let target = targets[reference] ?? nil { try take(target, value, depth: depth + 1) }
      case "not", "if", "then", "else": try take(inner, value, depth: depth + 1)
      case "allOf", "anyOf", "oneOf": for one in inner.array ?? [] { try take(one, value, depth: depth + 1) }
      case "properties", "dependencies":
        let table = value.table, properties = inner.object ?? []
        try spend(properties.count / 4)
        for (key, inner) in properties {
          guard let member = table?[key] else { continue }
          try take(inner, name == "properties" ? member : value, depth: depth + 1)
        }
      case "patternProperties":
        for (pattern, inner) in inner.object ?? [] {
          for (key, member) in value.table ?? [:] {
            try match(pattern, key)
            try take(inner, member, depth: depth + 1)
          }
        }
      case "additionalProperties": for (_, member) in value.table ?? [:] { try take(inner, member, depth: depth + 1) }
      case "propertyNames": for (key, _) in value.table ?? [:] { try take(inner, .string(key), depth: depth + 1) }
      case "items", "contains", "additionalItems":
        guard case .list(let items) = value else { break }
        if let each = inner.array {
          for (one, item) in zip(each, items) { try take(one, item, depth: depth + 1) }
        } else {
          for item in items { try take(inner, item, depth: depth + 1) }
        }
      case "pattern": if let pattern = inner.string, case .string(let text) = value { try match(pattern, text) }
      case "enum", "required": try spend((inner.array?.count ?? 0) / 4)
      case "uniqueItems":
        if case .list(let items) = value { try spend(items.count.multipliedSafely(by: items.count) / 4) }
      default: break
      }
    }
  }

  private mutating func match(_ pattern: String, _ text: String) throws(Excess) {
    let size = sizes[pattern] ?? SchemaCost.size(of: pattern)
    sizes[pattern] = size
    try spend(size.multipliedSafely(by: text.utf8.count + 8) / 32)
  }

  private mutating func spend(_ cost: Int) throws(Excess) {
    guard cost <= left else { throw Excess() }
    left -= cost
  }

  /// About how many states a pattern has: `(a{1,30}b){20}` has 600.
  static func size(of pattern: String) -> Int {
    var groups: [(total: Int, last: Int)] = [(0, 0)], rest = Array(pattern.utf8)[...]
    /// Begins the next part of the innermost group.
    func next(_ size: Int) {
      let end = groups.count - 1
      groups[end] = (min(1 << 30, groups[end].total + groups[end].last), size)
    }
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\\"):
        rest = rest.dropFirst()
        next(1)
      case UInt8(ascii: "["):
        if rest.first == UInt8(ascii: "^") { rest = rest.dropFirst() }
        if rest.first == UInt8(ascii: "]") { rest = rest.dropFirst() }
        while let inner = rest.popFirst(), inner != UInt8(ascii: "]") {
          if inner == UInt8(ascii: "\\") { rest = rest.dropFirst() }
        }
        next(1)
      case UInt8(ascii: "("): groups.append((0, 0))
      case UInt8(ascii: ")") where groups.count > 1:
        let group = groups.removeLast()
        next(min(1 << 30, group.total + group.last + 1))
      case UInt8(ascii: "{"):
        let numbers = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ",") }
        guard !numbers.isEmpty, rest.dropFirst(numbers.count).first == UInt8(ascii: "}") else { next(1); continue }
        let times = numbers.split(separator: UInt8(ascii: ",")).map {
          Number.whole(String(decoding: $0, as: UTF8.self))
        }
        let end = groups.count - 1, most = times.map { $0 ?? 1 << 30 }.max() ?? 1
        groups[end].last = min(1 << 30, groups[end].last.multipliedSafely(by: max(1, most)))
        rest = rest.dropFirst(numbers.count + 1)
      default: next(1)
      }
    }
    return groups.reduce(0) { min(1 << 30, $0 + $1.total + $1.last) } + 1
  }
}

extension Int {
  fileprivate func multipliedSafely(by other: Int) -> Int {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .max : product
  }
}
