/// What is known about a value in a template, as far as it comes from values of the chart.
struct Known: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case unknown
    /// The value at this path of ``ValuePaths``.
    case path(Int32)
    /// The dot that templates of this chart start with.
    case root(Int32)
    case text(String)
    case mapping([Member])
    case list([Known])
    /// One of these.
    case any([Known])
    /// The same, as YAML or JSON.
    indirect case written(Known)
  }

  struct Member: Hashable, Sendable {
    var key: String
    var value: Known
  }

  let kind: Kind
  /// How many values are in it.
  private let weight: Int

  /// Larger values become unknown: a template can double a list on each of its lines.
  private static let limit = 300

  static let unknown = Known(.unknown)
  static func path(_ path: Int32) -> Known { Known(.path(path)) }
  static func root(_ chart: Int32) -> Known { Known(.root(chart)) }
  static func text(_ text: String) -> Known { Known(.text(text)) }
  static func written(_ value: Known) -> Known { Known(.written(value), weight: value.weight + 1) }
  static func list(_ items: [Known]) -> Known { sized(.list(items), items) }
  static func mapping(_ members: [Member]) -> Known { sized(.mapping(members), members.map(\.value)) }

  static func any(_ values: [Known]) -> Known {
    var seen: [Known] = []
    for value in values.flatMap(\.alternatives) where value.kind != .unknown && !seen.contains(value) {
      seen.append(value)
    }
    return seen.isEmpty ? .unknown : seen.count == 1 ? seen[0] : sized(.any(seen), seen)
  }

  private init(_ kind: Kind, weight: Int = 1) { (self.kind, self.weight) = (kind, weight) }

  private static func sized(_ kind: Kind, _ parts: [Known]) -> Known {
    let weight = parts.reduce(1) { $0 + $1.weight }
    return weight > limit ? .unknown : Known(kind, weight: weight)
  }

  var alternatives: [Known] { if case .any(let values) = kind { values } else { [self] } }
  var string: String? { if case .text(let text) = kind { text } else { nil } }

  /// Every path in it.
  func paths(into paths: inout [Int32]) {
    switch kind {
    case .unknown, .root, .text: break
    case .path(let path): if !paths.contains(path) { paths.append(path) }
    case .mapping(let members): for member in members { member.value.paths(into: &paths) }
    case .list(let values), .any(let values): for value in values { value.paths(into: &paths) }
    case .written(let value): value.paths(into: &paths)
    }
  }

  /// With a member set, as sprig's `set` and `merge` do.
  func setting(_ key: String, to value: Known) -> Known {
    switch kind {
    case .mapping(var members):
      members.removeAll { $0.key == key }
      return .mapping(members + [Member(key: key, value: value)])
    case .any(let values): return .any(values.map { $0.setting(key, to: value) })
    case .root: return self
    default: return .any([self, .mapping([Member(key: key, value: value)])])
    }
  }
}
