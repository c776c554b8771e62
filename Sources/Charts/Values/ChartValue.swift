import Records
import YAML

/// A value of a chart as helm holds it: mappings have no order.
package indirect enum ChartValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case list([ChartValue])
  case table([String: ChartValue])

  package init(_ yaml: YAML) {
    switch yaml.value {
    case .sequence(let items): self = .list(items.map { ChartValue($0) })
    case .mapping:
      var table: [String: ChartValue] = [:]
      for (key, value) in yaml.merged { table[key] = ChartValue(value) }
      self = .table(table)
    case .scalar(let scalar):
      if yaml.isNull {
        self = .null
      } else if let bool = yaml.bool {
        self = .bool(bool)
      } else if let int = yaml.int {
        self = .integer(int)
      } else if let double = yaml.double {
        self = .number(double)
      } else {
        self = .string(scalar.text)
      }
    }
  }

  package var table: [String: ChartValue]? { if case .table(let table) = self { table } else { nil } }
  package var isTable: Bool { table != nil }
  package var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

  /// Keys by byte.
  package var json: JSON {
    switch self {
    case .null: .null
    case .bool(let bool): .bool(bool)
    case .integer(let int): .integer(int)
    case .number(let number): number.isFinite ? .number("\(number)") : .string("\(number)")
    case .string(let text): .string(text)
    case .list(let items): .array(items.map(\.json))
    case .table(let table):
      .object(table.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value.json) })
    }
  }
}
