import Command
import Records
import Templates
import YAML

extension Value {
  /// What helm's templates get for a YAML value: it passes through JSON, so that every number is a float.
  package init(yaml: YAML) {
    switch yaml.value {
    case .sequence(let items): self = Value(items.map { Value(yaml: $0) })
    case .mapping: self = .map(GoMap(yaml.merged.map { (Array($0.key.utf8), Value(yaml: $0.value)) }))
    case .scalar(let scalar):
      if yaml.isNull {
        self = .nil
      } else if let bool = yaml.bool {
        self = .bool(bool)
      } else if let number = yaml.double {
        self = .float64(number)
      } else if scalar.tag == "tag:yaml.org,2002:binary", let bytes = Base64.decode(scalar.text) {
        self = .string(bytes)
      } else {
        self = Value(scalar.text)
      }
    }
  }

  package init(_ value: ChartValue) {
    switch value {
    case .null: self = .nil
    case .bool(let bool): self = .bool(bool)
    case .integer(let int): self = .float64(Double(int))
    case .number(let number): self = .float64(number)
    case .string(let text): self = Value(text)
    case .list(let items): self = Value(items.map { Value($0) })
    case .table(let table): self = .map(GoMap(table))
    }
  }
}

extension GoMap {
  package init(_ table: [String: ChartValue]) {
    self.init(table.map { (Array($0.key.utf8), Value($0.value)) })
  }
}

extension ChartValue {
  package init(_ value: Value) {
    switch value {
    case .bool(let bool): self = .bool(bool)
    case .int(let int): self = .integer(int)
    case .int64(let int): self = .integer(Int(int))
    case .float64(let number): self = Int(exactly: number).map { .integer($0) } ?? .number(number)
    case .string(let text): self = .string(String(decoding: text, as: UTF8.self))
    case .list(let list): self = .list(list.elements.map { ChartValue($0) })
    case .map(let map): self = .table([String: ChartValue](map))
    default: self = .null
    }
  }
}

extension [String: ChartValue] {
  package init(_ map: GoMap) {
    self.init(minimumCapacity: map.count)
    for (key, value) in map.entries { self[String(decoding: key, as: UTF8.self)] = ChartValue(value) }
  }
}

extension Value {
  /// As Go's encoding/json reads it: every number is a float.
  package init(json: JSON) {
    if let members = json.object {
      self = .map(GoMap(members.map { (Array($0.name.utf8), Value(json: $0.value)) }))
    } else if let items = json.array {
      self = Value(items.map { Value(json: $0) })
    } else if let text = json.string {
      self = Value(text)
    } else if let bool = json.bool {
      self = .bool(bool)
    } else if let number = json.double {
      self = .float64(number)
    } else {
      self = .nil
    }
  }
}
