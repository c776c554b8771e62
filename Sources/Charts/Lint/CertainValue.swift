import Templates

/// What is certain about a value in a template that is rendered with given values.
enum CertainValue {
  case unknown
  /// A mapping or list made by the template: changing it does not change values of the chart.
  case fresh
  /// The dot that a chart's templates start with.
  case root
  /// `.Chart`, `.Capabilities`, `.Capabilities.KubeVersion`.
  case chart, capabilities, kubeVersion
  /// A value of which only the truth is known.
  case decided(Bool)
  /// An integer of Go. Numbers in values are floating-point.
  case integer(Int)
  case value(ChartValue)

  static func bool(_ truth: Bool) -> CertainValue { .value(.bool(truth)) }
  static func bool(_ truth: Bool?) -> CertainValue { truth.map { .value(.bool($0)) } ?? .unknown }

  /// Whether `if` takes it as true; nil if unknown.
  var truth: Bool? {
    switch self {
    case .unknown, .fresh: nil
    case .root, .chart, .capabilities, .kubeVersion: true
    case .decided(let truth): truth
    case .integer(let number): number != 0
    case .value(let value):
      switch value {
      case .null: false
      case .bool(let truth): truth
      case .integer(let number): number != 0
      case .number(let number): number != 0
      case .string(let text): !text.isEmpty
      case .list(let items): !items.isEmpty
      case .table(let table): !table.isEmpty
      }
    }
  }

  var value: ChartValue? { if case .value(let value) = self { value } else { nil } }
  var string: String? { if case .value(.string(let text)) = self { text } else { nil } }
}

/// Functions whose result follows from known arguments.
enum CertainFunctions {
  /// - Parameter arguments: in order, a piped one last.
  static func apply(_ name: String, _ arguments: [CertainValue]) -> CertainValue {
    func first<T>(_ body: (CertainValue) -> T?) -> T? { arguments.first.flatMap(body) }
    switch name {
    case "not": return .bool(first { $0.truth }.map { !$0 })
    case "empty": return .bool(first { $0.truth }.map { !$0 })
    case "default":
      guard arguments.count == 2, let truth = arguments[1].truth else { return .unknown }
      return truth ? arguments[1] : arguments[0]
    case "coalesce":
      for argument in arguments {
        guard let truth = argument.truth else { return .unknown }
        if truth { return argument }
      }
      return .value(.null)
    case "ternary":
      guard arguments.count == 3, case .value(.bool(let truth)) = arguments[2] else { return .unknown }
      return truth ? arguments[0] : arguments[1]
    case "eq", "ne":
      guard arguments.count >= 2, name == "eq" || arguments.count == 2 else { return .unknown }
      var found: Bool? = false
      for other in arguments.dropFirst() {
        guard let same = same(arguments[0], other) else { found = nil; break }
        if same { found = true; break }
      }
      return .bool(name == "eq" ? found : found.map { !$0 })
    case "lt", "le", "gt", "ge":
      guard arguments.count == 2, case .integer(let a) = arguments[0], case .integer(let b) = arguments[1] else {
        return .unknown
      }
      return .bool(name == "lt" ? a < b : name == "le" ? a <= b : name == "gt" ? a > b : a >= b)
    case "int", "int64":
      switch arguments.first {
      case .integer(let number), .value(.integer(let number)): return .integer(number)
      case .value(.null): return .integer(0)
      default: return .unknown
      }
    case "len":
      switch arguments.first?.value {
      case .string(let text): return .integer(text.utf8.count)
      case .list(let items): return .integer(items.count)
      case .table(let table): return .integer(table.count)
      default: return .unknown
      }
    case "hasKey":
      guard arguments.count == 2, let table = arguments[0].value?.table, let key = arguments[1].string else {
        return .unknown
      }
      return .bool(table[key] != nil)
    case "get":
      guard arguments.count == 2, let table = arguments[0].value?.table, let key = arguments[1].string else {
        return .unknown
      }
      return .value(table[key] ?? .string(""))
    case "index":
      guard var value = first({ $0.value }) else { return .unknown }
      for key in arguments.dropFirst() {
        guard let table = value.table, let key = key.string else { return .unknown }
        value = table[key] ?? .null
      }
      return .value(value)
    case "dig":
      guard arguments.count >= 3, var value = arguments.last?.value else { return .unknown }
      for key in arguments.dropLast(2) {
        guard let key = key.string, let table = value.table else { return .unknown }
        guard let next = table[key] else { return arguments[arguments.count - 2] }
        value = next
      }
      return .value(value)
    case "kindIs":
      guard arguments.count == 2, let kind = arguments[0].string, let value = arguments[1].value else {
        return .unknown
      }
      return .bool(kind == self.kind(value))
    case "kindOf": return first { $0.value }.map { .value(.string(self.kind($0))) } ?? .unknown
    case "typeIs":
      guard arguments.count == 2, let type = arguments[0].string, let value = arguments[1].value else {
        return .unknown
      }
      switch value {
      case .string: return .bool(type == "string")
      case .bool: return .bool(type == "bool")
      default: return .unknown
      }
    case "contains", "hasPrefix", "hasSuffix":
      guard arguments.count == 2, let part = arguments[0].string, let text = arguments[1].string else {
        return .unknown
      }
      return .bool(
        name == "contains"
          ? contains(text, part)
          : name == "hasPrefix"
            ? text.utf8.starts(with: part.utf8) : text.utf8.reversed().starts(with: part.utf8.reversed()))
    case "toString": return first { $0.string }.map { .value(.string($0)) } ?? .unknown
    case "semverCompare":
      guard arguments.count == 2, let constraint = arguments[0].string.flatMap(VersionConstraint.init),
        let version = arguments[1].string.flatMap(Version.init)
      else { return .unknown }
      return .bool(constraint.admits(version))
    case "dict", "list", "tuple", "deepCopy", "mustDeepCopy", "fromYaml", "fromJson", "fromYamlArray", "fromJsonArray",
      "mustFromJson", "pick", "omit":
      return .fresh
    default: return .unknown
    }
  }

  /// By bytes, as in Go.
  static func contains(_ text: String, _ part: String) -> Bool {
    part.isEmpty || Array(text.utf8).firstRange(of: Array(part.utf8)) != nil
  }

  /// Go's `eq`; nil where it would fail, or a value is unknown.
  private static func same(_ a: CertainValue, _ b: CertainValue) -> Bool? {
    switch (a, b) {
    case let (.value(.string(a)), .value(.string(b))): Array(a.utf8) == Array(b.utf8)
    case let (.value(.bool(a)), .value(.bool(b))): a == b
    case let (.integer(a), .integer(b)): a == b
    default: nil
    }
  }

  private static func kind(_ value: ChartValue) -> String {
    switch value {
    case .null: "invalid"
    case .bool: "bool"
    case .integer, .number: "float64"
    case .string: "string"
    case .list: "slice"
    case .table: "map"
    }
  }
}
