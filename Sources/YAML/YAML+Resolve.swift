/// What a scalar means. The rules are those of the parser of Kubernetes and Helm (sigs.k8s.io/yaml, a go-yaml
/// v2): YAML 1.1 without sexagesimal numbers. `yes`, `on` and `y` are true, `010` is eight, `1_000` is a thousand, and
/// `0o17` is fifteen. Quoted scalars, block scalars and those tagged `!!str` are always strings.
extension YAML {
  /// The characters of any scalar that is not null: for fields that are always strings, such as the `version: 1.10` of
  /// a chart.
  public var text: String? { isNull ? nil : scalar?.text }

  /// The text of a scalar that is a string; nil for `8080` and `yes`.
  public var string: String? {
    guard let scalar, !isNull, bool == nil, double == nil else { return nil }
    return scalar.text
  }

  public var isNull: Bool {
    guard let scalar else { return false }
    if scalar.tag == "tag:yaml.org,2002:null" { return true }
    return scalar.isPlain && scalar.meaning == .null
  }

  public var bool: Bool? {
    guard let scalar, scalar.isPlain || scalar.tag == "tag:yaml.org,2002:bool" else { return nil }
    if case .bool(let bool) = scalar.meaning { return bool }
    return nil
  }

  public var int: Int? {
    guard let scalar, scalar.isPlain || scalar.tag == "tag:yaml.org,2002:int" else { return nil }
    if case .integer(let int) = scalar.meaning { return int }
    return nil
  }

  /// A number, whole or not.
  public var double: Double? {
    guard let scalar else { return nil }
    let isFloat = scalar.isPlain || scalar.tag == "tag:yaml.org,2002:float"
    switch scalar.meaning {
    case .integer(let int) where isFloat || scalar.tag == "tag:yaml.org,2002:int": return Double(int)
    case .unsigned(let int) where isFloat: return Double(int)
    case .number(let number) where isFloat: return number
    default: return nil
    }
  }
}

extension YAML.Scalar {
  /// Whether the text decides the type. A custom tag, as in `!ref x`, makes it a string.
  fileprivate var isPlain: Bool { style == .plain && tag == nil }

  fileprivate var meaning: YAML.Meaning {
    var text = text
    return text.withUTF8 { YAML.meaning($0) }
  }
}
