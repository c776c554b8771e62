/// What a plain scalar means. The rules are those of the parser of Kubernetes and Helm (sigs.k8s.io/yaml, a go-yaml
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
    return scalar.isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.text)
  }

  public var bool: Bool? {
    guard let scalar, scalar.isPlain || scalar.tag == "tag:yaml.org,2002:bool" else { return nil }
    return switch scalar.text {
    case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": true
    case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": false
    default: nil
    }
  }

  public var int: Int? {
    guard let scalar, scalar.isPlain || scalar.tag == "tag:yaml.org,2002:int" else { return nil }
    var digits = scalar.text.filter { $0 != "_" }[...]
    // go-yaml tries only what begins like a number.
    guard let first = scalar.text.utf8.first,
      (0x30...0x39).contains(first) || first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
    else { return nil }
    let negative = digits.hasPrefix("-")
    if negative || digits.hasPrefix("+") { digits.removeFirst() }
    guard !digits.hasPrefix("-"), !digits.hasPrefix("+") else { return nil }
    let bases: [(prefixes: [String], radix: Int)] = [(["0x", "0X"], 16), (["0o", "0O"], 8), (["0b", "0B"], 2)]
    for base in bases where base.prefixes.contains(where: { digits.hasPrefix($0) }) {
      return signed(digits.dropFirst(2), radix: base.radix, negative)
    }
    return digits.count > 1 && digits.hasPrefix("0")
      ? signed(digits.dropFirst(), radix: 8, negative) : signed(digits, radix: 10, negative)
  }

  private func signed(_ digits: Substring, radix: Int, _ negative: Bool) -> Int? {
    guard !digits.hasPrefix("-"), !digits.hasPrefix("+") else { return nil }
    return Int((negative ? "-" : "") + digits, radix: radix)
  }

  /// A number, whole or not.
  public var double: Double? {
    if let int { return Double(int) }
    guard let scalar, scalar.isPlain || scalar.tag == "tag:yaml.org,2002:float" else { return nil }
    switch scalar.text {
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
    case "-.inf", "-.Inf", "-.INF": return -.infinity
    case ".nan", ".NaN", ".NAN": return .nan
    default: break
    }
    let text = scalar.text.filter { $0 != "_" }
    return YAML.looksLikeNumber(text) ? Double(text) : nil
  }

  /// `[-+]?[0-9]*\.?[0-9]+([eE][-+][0-9]+)?`, or digits with a dot at the end.
  private static func looksLikeNumber(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    func digits() -> Int {
      let count = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    var count = digits()
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      count += digits()
    }
    guard count > 0 else { return false }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}

extension YAML.Scalar {
  /// Whether the text decides the type. A custom tag, as in `!ref x`, makes it a string.
  fileprivate var isPlain: Bool { style == .plain && tag == nil }
}
