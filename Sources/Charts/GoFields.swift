import Records
import YAML

/// Reads the fields of a mapping into typed ones as sigs.k8s.io/yaml does for helm: names match in any case when none
/// matches exactly, null is the zero value, and a number or a truth in the place of a text is the text Go prints for
/// it.
struct GoFields {
  private let yaml: YAML
  /// The names, lower case, and where they stand.
  private let places: [String: Int]
  private let file: String

  /// Throws ``ChartError/bad(file:line:reason:)`` if the node is neither a mapping nor null.
  init(_ yaml: YAML, file: String, what: String) throws(ChartError) {
    guard yaml.mapping != nil || yaml.isNull else {
      throw .bad(file: file, line: yaml.start.line, reason: "has \(what) that is not a mapping")
    }
    self.yaml = yaml
    self.file = file
    var places: [String: Int] = [:]
    for (index, member) in (yaml.mapping ?? []).enumerated() {
      if let name = member.key.scalar?.text { places[name.lowercased()] = index }
    }
    self.places = places
  }

  subscript(name: String) -> YAML? {
    if places.isEmpty { return nil }
    if let exact = yaml[name] { return exact }
    guard let place = places[name.lowercased()], let members = yaml.mapping else { return nil }
    return members[place].value
  }

  func text(_ name: String) throws(ChartError) -> String {
    guard let value = self[name] else { return "" }
    return try text(value, name)
  }

  private func text(_ value: YAML, _ name: String) throws(ChartError) -> String {
    guard value.scalar != nil else { throw bad(value, name, "a text") }
    return GoText.text(of: value)
  }

  func truth(_ name: String) throws(ChartError) -> Bool {
    guard let value = self[name], !value.isNull else { return false }
    guard let truth = value.bool else { throw bad(value, name, "true or false") }
    return truth
  }

  func texts(_ name: String) throws(ChartError) -> [String] {
    var texts: [String] = []
    for value in try items(name) { texts.append(try text(value, name)) }
    return texts
  }

  /// A mapping of texts; the last of a repeated key counts.
  func textsByKey(_ name: String) throws(ChartError) -> [String: String] {
    guard let value = self[name], !value.isNull else { return [:] }
    guard value.mapping != nil else { throw bad(value, name, "a mapping") }
    var texts: [String: String] = [:]
    for (key, value) in value.merged { texts[key] = try text(value, name) }
    return texts
  }

  func items(_ name: String) throws(ChartError) -> [YAML] {
    guard let value = self[name], !value.isNull else { return [] }
    guard let items = value.sequence else { throw bad(value, name, "a list") }
    return items
  }

  func bad(_ value: YAML, _ name: String, _ wanted: String) -> ChartError {
    .bad(file: file, line: value.start.line, reason: "has '\(name)' that is not \(wanted)")
  }
}

extension YAML {
  /// The members of a mapping with the merges applied, each key once, its last value.
  package var merged: [(key: String, value: YAML)] {
    var own: [(key: String, value: YAML)] = [], places: [String: Int] = [:]
    func isMerge(_ key: YAML) -> Bool { key.scalar.map { $0.text == "<<" && $0.style == .plain } ?? false }
    for member in mapping ?? [] where !isMerge(member.key) {
      guard member.key.scalar != nil else { continue }
      let name = GoText.text(of: member.key, null: "null")
      if let place = places[name] {
        own[place].value = member.value
      } else {
        places[name] = own.count
        own.append((name, member.value))
      }
    }
    for member in mapping ?? [] where isMerge(member.key) {
      for merged in (member.value.sequence ?? [member.value]).flatMap(\.merged) where places[merged.key] == nil {
        places[merged.key] = own.count
        own.append(merged)
      }
    }
    return own
  }
}

/// Scalars as the texts that Go prints for them.
enum GoText {
  /// What a field of type string gets from a scalar: `1.10` is `1.1`, `yes` is `true`.
  static func text(of value: YAML, null: String = "") -> String {
    if value.isNull { return null }
    if let truth = value.bool { return truth ? "true" : "false" }
    if let int = value.int { return "\(int)" }
    // Rounded to 32 bits, as sigs.k8s.io/yaml does.
    if let double = value.double { return number(Float(double)) }
    return value.scalar?.text ?? ""
  }

  /// `strconv.FormatFloat(number, 'g', -1, 32)`.
  static func number(_ number: some BinaryFloatingPoint & CustomStringConvertible) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    if number == 0 { return number.sign == .minus ? "-0" : "0" }
    // Swift prints the shortest digits that read back as the same number, as Go does, in another form.
    let shown = "\(number.magnitude)".utf8.split(separator: UInt8(ascii: "e"))
    let mantissa = shown[0].split(separator: UInt8(ascii: "."))
    var digits = Array(mantissa[0]) + (mantissa.count > 1 ? Array(mantissa[1]) : [])
    var point = mantissa[0].count + (shown.count > 1 ? Int(String(decoding: shown[1], as: UTF8.self)) ?? 0 : 0)
    while digits.count > 1, digits.first == 0x30 { digits.removeFirst(); point -= 1 }
    while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
    let sign = number < 0 ? "-" : ""
    func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
    let exponent = point - 1
    if exponent < -4 || exponent >= 6 {
      let rest = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
      let size = String(exponent.magnitude)
      return sign + text(digits.prefix(1)) + rest + "e" + (exponent < 0 ? "-" : "+")
        + (size.utf8.count < 2 ? "0" + size : size)
    }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + text(digits) }
    if digits.count <= point { return sign + text(digits) + String(repeating: "0", count: point - digits.count) }
    return sign + text(digits.prefix(point)) + "." + text(digits.dropFirst(point))
  }
}
