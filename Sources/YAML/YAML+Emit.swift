import Records

extension YAML {
  /// A value as YAML; see ``YAMLWriter``.
  /// - Parameter sorted: false keeps the order of keys.
  package static func text(_ json: JSON, sorted: Bool = true) -> [UInt8] {
    var writer = YAMLWriter()
    write(json, sorted, to: &writer)
    return writer.finish()
  }

  private static func write(_ json: JSON, _ sorted: Bool, to writer: inout YAMLWriter) {
    if let members = json.object {
      writer.beginMapping()
      let keyed = members.map { (name: Array($0.name.utf8), value: $0.value) }
      for member in sorted ? keyed.sorted(by: { isNaturallyBefore($0.name, $1.name) }) : keyed {
        writer.string(member.name)
        write(member.value, sorted, to: &writer)
      }
      writer.endMapping()
    } else if let items = json.array {
      writer.beginSequence()
      for item in items { write(item, sorted, to: &writer) }
      writer.endSequence()
    } else if let string = json.string {
      writer.string(Array(string.utf8))
    } else {
      writer.plain(json.text)
    }
  }

  /// go-yaml's order of keys: `a2` before `a10`, signs before letters.
  /// https://github.com/kubernetes-sigs/yaml/blob/v1.4.0/goyaml.v2/sorter.go
  package static func isNaturallyBefore(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    let count = min(a.count, b.count)
    var at = 0
    while at < count, a[at] == b[at], a[at] < 0x80 { at += 1 }
    if at == count { return a.count < b.count }
    guard a[at] < 0x80, b[at] < 0x80 else {
      return isNaturallyBefore(
        Array(String(decoding: a, as: UTF8.self).unicodeScalars),
        Array(String(decoding: b, as: UTF8.self).unicodeScalars))
    }
    func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    let letters = (isLetter(a[at]), isLetter(b[at]))
    if letters == (true, true) { return a[at] < b[at] }
    if letters.0 || letters.1 { return letters.1 }
    var numbers: (Int, Int) = (0, 0)
    if a[at] == 0x30 || b[at] == 0x30 {
      var before = at - 1
      while before >= 0, isDigit(a[before]) {
        if a[before] != 0x30 {
          numbers = (1, 1)
          break
        }
        before -= 1
      }
    }
    func read(_ text: [UInt8], _ number: inout Int) -> Int {
      var end = at
      while end < text.count, isDigit(text[end]) {
        number = number &* 10 &+ Int(text[end] - 0x30)
        end += 1
      }
      return end
    }
    let ends = (read(a, &numbers.0), read(b, &numbers.1))
    if numbers.0 != numbers.1 { return numbers.0 < numbers.1 }
    return ends.0 != ends.1 ? ends.0 < ends.1 : a[at] < b[at]
  }

  /// The same where there is more than ASCII.
  private static func isNaturallyBefore(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Bool {
    for index in 0..<min(a.count, b.count) where a[index] != b[index] {
      let letters = (a[index].properties.isLetter, b[index].properties.isLetter)
      if letters == (true, true) { return a[index] < b[index] }
      if letters.0 || letters.1 { return letters.1 }
      var numbers: (Int, Int) = (0, 0)
      if a[index] == "0" || b[index] == "0" {
        var before = index - 1
        while before >= 0, a[before].isDigit {
          if a[before] != "0" {
            numbers = (1, 1)
            break
          }
          before -= 1
        }
      }
      func read(_ text: [Unicode.Scalar], _ number: inout Int) -> Int {
        var at = index
        while at < text.count, text[at].isDigit {
          number = number &* 10 &+ (Int(text[at].value) - 0x30)
          at += 1
        }
        return at
      }
      let ends = (read(a, &numbers.0), read(b, &numbers.1))
      if numbers.0 != numbers.1 { return numbers.0 < numbers.1 }
      return ends.0 != ends.1 ? ends.0 < ends.1 : a[index] < b[index]
    }
    return a.count < b.count
  }
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { properties.generalCategory == .decimalNumber }
}

extension Unicode.Scalar.Properties {
  fileprivate var isLetter: Bool {
    switch generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}
