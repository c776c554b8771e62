import Records
import YAML

/// The documents of a YAML stream as Kubernetes reads them, by way of JSON. Empty ones are left out. Throws ``YAMLError``.
func json(yaml bytes: [UInt8]) throws(YAMLError) -> [JSON] {
  try YAML.documents(parsing: bytes).filter { !$0.isNull }.map { JSON($0) }
}

extension JSON {
  init(_ yaml: YAML) {
    switch yaml.value {
    case .sequence(let items): self = .array(items.map { JSON($0) })
    case .mapping: self = .object(JSON.members(of: yaml))
    case .scalar(let scalar):
      if yaml.isNull { self = .null } else if let bool = yaml.bool { self = .bool(bool) } else if let int = yaml.int { self = .integer(int) }
      else if let double = yaml.double, double.isFinite { self = .number("\(double)") } else { self = .string(scalar.text) }
    }
  }

  /// Of a key that comes twice the last counts; what `<<` brings gives way to what the mapping says itself.
  private static func members(of yaml: YAML) -> [(name: String, value: JSON)] {
    var own: [(name: String, value: JSON)] = []
    var places: [String: Int] = [:]
    for member in yaml.mapping ?? [] {
      guard let name = member.key.scalar?.text, !isMerge(member.key) else { continue }
      if let place = places[name] { own[place].value = JSON(member.value) } else {
        places[name] = own.count
        own.append((name, JSON(member.value)))
      }
    }
    for member in yaml.mapping ?? [] where isMerge(member.key) {
      for merged in member.value.sequence ?? [member.value] {
        for (name, value) in members(of: merged) where places[name] == nil {
          places[name] = own.count
          own.append((name, value))
        }
      }
    }
    return own
  }

  private static func isMerge(_ key: YAML) -> Bool { key.scalar.map { $0.text == "<<" && $0.style == .plain } ?? false }
}
