extension Sprig {
  mutating func addMaps() {
    add("dict", variadic: .any) { _, arguments in
      let map = GoMap()
      for place in stride(from: 0, to: arguments.count, by: 2) {
        map[try arguments[place].printed] = place + 1 < arguments.count ? arguments[place + 1] : ""
      }
      return .map(map)
    }
    add("get", takes: [.map, .string]) { _, arguments in arguments[0].goMap?[arguments[1].text] ?? "" }
    add("hasKey", takes: [.map, .string]) { _, arguments in .bool(arguments[0].goMap?[arguments[1].text] != nil) }
    add("set", takes: [.map, .string, .any]) { _, arguments in
      guard let map = arguments[0].goMap else { throw RenderFailure.nilMap }
      map[arguments[1].text] = arguments[2]
      return arguments[0]
    }
    add("unset", takes: [.map, .string]) { _, arguments in
      arguments[0].goMap?.remove(arguments[1].text)
      return .map(arguments[0].goMap ?? GoMap())
    }
    add("pluck", takes: [.string], variadic: .map) { _, arguments in
      Value(arguments.dropFirst().compactMap { $0.goMap?[arguments[0].text] })
    }
    // Go's order is another each time: two runs of helm differ.
    add("keys", variadic: .map) { _, arguments in Value(strings: arguments.flatMap { $0.goMap?.keys ?? [] }) }
    add("values", takes: [.map]) { _, arguments in Value(arguments[0].goMap?.values ?? []) }
    add("pick", takes: [.map], variadic: .string) { _, arguments in
      let picked = GoMap()
      for key in arguments.dropFirst() {
        if let value = arguments[0].goMap?[key.text] { picked[key.text] = value }
      }
      return .map(picked)
    }
    add("omit", takes: [.map], variadic: .string) { _, arguments in
      let omitted = Set(arguments.dropFirst().map(\.text))
      return .map(GoMap((arguments[0].goMap?.entries).map { $0.filter { !omitted.contains($0.0) } } ?? []))
    }
    for (name, isOverwriting) in [("merge", false), ("mergeOverwrite", true)] {
      let merged: Function.Body = { _, arguments in
        let all = arguments.compactMap(\.goMap)
        guard let map = arguments[0].goMap else {
          // Go makes a map for the first entry.
          let map = GoMap()
          for source in all { try Sprig.merge(source, into: map, isOverwriting) }
          return .map(map)
        }
        for source in all.dropFirst() { try Sprig.merge(source, into: map, isOverwriting) }
        return arguments[0]
      }
      let mustName = "must" + name.prefix(1).uppercased() + name.dropFirst()
      add(name, mustName, takes: [.map], variadic: .map, body: merged)
    }
    add("dig", variadic: .any) { _, arguments in
      guard arguments.count >= 3 else { throw RenderFailure.failed("dig needs at least three arguments") }
      var map = try Sprig.asserted(arguments[arguments.count - 1])
      var keys: [[UInt8]] = []
      for key in arguments.dropLast(2) {
        guard case .string(let bytes) = key else { throw Sprig.conversion(key, "string") }
        keys.append(bytes)
      }
      for (place, key) in keys.enumerated() {
        guard let value = map[key] else { break }
        if place == keys.count - 1 { return value }
        map = try Sprig.asserted(value)
      }
      return arguments[arguments.count - 2]
    }
    add("deepCopy", "mustDeepCopy", takes: [.any]) { _, arguments in
      if arguments[0].isNil { throw RenderFailure.failed("reflect: call of reflect.Value.Type on zero Value") }
      return try arguments[0].deeplyCopied(depth: 0)
    }
  }

  private static func asserted(_ value: Value) throws(RenderFailure) -> GoMap {
    if case .map(let map) = value, map.kind == .any { return map }
    throw conversion(value, "map[string]interface {}")
  }

  private static func conversion(_ value: Value, _ type: String) -> RenderFailure {
    .failed("interface conversion: interface {} is \(value.isNil ? "nil" : value.typeName), not \(type)")
  }

  /// As mergo 1.0.1 merges maps: what is missing or empty in a map is taken from another, maps within are merged. If
  /// `isOverwriting`, everything is taken but maps for maps. Values are shared with where they come from.
  /// https://pkg.go.dev/dario.cat/mergo
  private static func merge(_ source: GoMap, into map: GoMap, _ isOverwriting: Bool, depth: Int = 0) throws {
    guard depth < Value.deepest else { throw RenderFailure.limit("maps nested \(depth) deep") }
    for (key, value) in source.entries {
      let old = map[key]
      if value.isNil {
        if isOverwriting { map[key] = value }
        continue
      }
      let isMissing: Bool
      switch (old, value) {
      case (.map(let inner)?, .map(let more)):
        // A map that is merged with itself has all of its entries.
        if inner !== more { try merge(more, into: inner, isOverwriting, depth: depth + 1) }
        if !inner.isEmpty { continue }
        isMissing = true
      case (.list(let list)?, .list):
        if !list.elements.isEmpty && !isOverwriting { continue }
        isMissing = true
      case (let old?, _): isMissing = old.isEmpty
      case (nil, _): isMissing = true
      }
      if isMissing || isOverwriting { map[key] = value }
    }
  }
}

extension Value {
  /// How deep functions follow a value into itself: nothing that is read is so deep, but a map that has been set into
  /// itself has no end.
  static let deepest = 1000

  /// sprig's `empty`.
  var isEmpty: Bool { !isTrue }

  func deeplyCopied(depth: Int) throws -> Value {
    guard depth < Value.deepest else { throw RenderFailure.limit("values nested \(depth) deep") }
    switch self {
    case .map(let map):
      let copy = GoMap(copying: map)
      for (key, value) in map.entries {
        switch value {
        case .map, .list: copy[key] = try value.deeplyCopied(depth: depth + 1)
        default: continue
        }
      }
      return .map(copy)
    case .list(var list):
      list.elements = try list.elements.map { try $0.deeplyCopied(depth: depth + 1) }
      return .list(list)
    default: return self
    }
  }

  /// Go's reflect.DeepEqual: of the same type, down to the last element.
  func isDeeplyEqual(to other: Value, depth: Int = 0) throws -> Bool {
    guard depth < Value.deepest else { throw RenderFailure.limit("values nested \(depth) deep") }
    switch (self, other) {
    case (.nil, .nil), (.invalid, .invalid), (.nil, .invalid), (.invalid, .nil): return true
    case (.bool(let one), .bool(let two)): return one == two
    case (.int(let one), .int(let two)): return one == two
    case (.int64(let one), .int64(let two)): return one == two
    case (.uint64(let one), .uint64(let two)): return one == two
    case (.uint8(let one), .uint8(let two)): return one == two
    case (.float64(let one), .float64(let two)): return one == two
    case (.string(let one), .string(let two)), (.bytes(let one), .bytes(let two)): return one == two
    case (.list(let one), .list(let two)):
      guard one.kind == two.kind, one.isNil == two.isNil, one.elements.count == two.elements.count else { return false }
      for (a, b) in zip(one.elements, two.elements) where !(try a.isDeeplyEqual(to: b, depth: depth + 1)) {
        return false
      }
      return true
    case (.map(let one), .map(let two)):
      guard one.kind == two.kind else { return false }
      if one === two { return true }
      guard one.count == two.count else { return false }
      for (key, a) in one.entries {
        guard let b = two[key], try a.isDeeplyEqual(to: b, depth: depth + 1) else { return false }
      }
      return true
    case (.object(let one), .object(let two)): return one === two || one.content.isEqual(to: two.content)
    default: return false
    }
  }
}
