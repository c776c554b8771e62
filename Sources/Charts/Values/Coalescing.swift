import Templates

/// Helm's rules for putting mappings of values together. Mappings are references, as in helm: what one of them shares
/// with another changes in both, and what helm gives depends on it.
/// https://github.com/helm/helm/blob/v3.17.3/pkg/chartutil/coalesce.go
package enum Coalescing {
  /// Adds to a mapping what it does not say itself. Its null deletes what the source says, unless nulls are to stay:
  /// for values that others are still to be merged into.
  package static func merge(into target: GoMap, _ source: GoMap, merging: Bool, _ dialect: Dialect = .helm3) {
    if dialect == .helm4 { return merge4(into: target, source, merging: merging) }
    for (key, value) in source.entries {
      switch (target[key], value) {
      case (nil, _): target[key] = value
      case (.nil?, _) where !merging: target.remove(key)
      case (.map(let own)?, .map(let more)): merge(into: own, more, merging: merging)
      default: break
      }
    }
  }

  /// As helm 4 does it: a null deletes only what is there, and stays where nothing is; a null of the target is written
  /// into the source, which others may share.
  /// https://github.com/helm/helm/blob/v4.2.3/pkg/chart/common/util/coalesce.go
  private static func merge4(into target: GoMap, _ source: GoMap, merging: Bool) {
    let before = source.entries.map { ($0.0, $0.1) }
    for (key, value) in target.entries.map({ ($0.0, $0.1) }) where value.isNull { source[key] = .nil }
    for (key, old) in before {
      switch (target[key], source[key] ?? old) {
      case (nil, let value): target[key] = value
      case (.nil?, _) where !merging && !old.isNull: target.remove(key)
      case (.map(let own)?, .map(let more)): merge4(into: own, more, merging: merging)
      default: break
      }
    }
  }

  /// Takes out the nulls, at every depth.
  static func withoutNulls(_ map: GoMap) {
    for (key, value) in map.entries.map({ ($0.0, $0.1) }) {
      if value.isNull { map.remove(key) } else if case .map(let inner) = value { withoutNulls(inner) }
    }
  }

  /// Copies the globals of a parent into the values of a sub-chart; the parent's win. Below the second level helm
  /// copies nothing: there the parent gets what the sub-chart adds.
  static func globals(into target: GoMap, of parent: GoMap, _ dialect: Dialect) {
    let global = Array("global".utf8), own: GoMap, others: GoMap
    switch target[global] {
    case nil: own = GoMap()
    case .map(let map)?: own = map
    default: return
    }
    switch parent[global] {
    case nil: others = GoMap()
    case .map(let map)?: others = map
    default: return
    }
    for (key, value) in others.entries {
      if case .map(let table) = value {
        switch own[key] {
        case nil: own[key] = .map(GoMap(copying: table))
        case .map(let mine)?:
          let copy = GoMap(copying: table)
          merge(into: copy, mine, merging: true, dialect)
          own[key] = .map(copy)
        default: break
        }
      } else if own[key]?.map == nil {
        own[key] = value
      }
    }
    target[global] = .map(own)
  }

  /// A value that shares nothing with another.
  static func copy(_ value: Value) -> Value {
    switch value {
    case .map(let map): return .map(copy(map))
    case .list(var list):
      list.elements = list.elements.map { copy($0) }
      return .list(list)
    default: return value
    }
  }

  static func copy(_ map: GoMap, _ kind: GoMap.Kind? = nil) -> GoMap {
    GoMap(map.entries.map { ($0.0, copy($0.1)) }, kind ?? map.kind)
  }
}

extension Value {
  var map: GoMap? { if case .map(let map) = self { map } else { nil } }
  /// `nil` in a map, which is not the same as nothing there.
  fileprivate var isNull: Bool { if case .nil = self { true } else { false } }
  var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
}

extension GoMap {
  /// The mapping at a path with dots, as in `global.image`; nil if there is none.
  func table(at path: String) -> GoMap? {
    var table = self
    for key in path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard let next = table[Array(key)]?.map else { return nil }
      table = next
    }
    return table
  }

  /// What is at a path with dots and is no mapping; nil if there is nothing.
  func value(at path: String) -> Value? {
    let keys = path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    var table = self
    for key in keys.dropLast() {
      guard let next = table[Array(key)]?.map else { return nil }
      table = next
    }
    guard let value = table[Array(keys[keys.count - 1])], value.map == nil else { return nil }
    return value
  }
}
