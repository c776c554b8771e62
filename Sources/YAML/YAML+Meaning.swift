extension YAML {
  /// What go-yaml v2 takes a plain scalar for.
  /// https://github.com/kubernetes-sigs/yaml/blob/v1.4.0/goyaml.v2/resolve.go
  package enum Meaning: Equatable, Sendable {
    case string
    case null
    case bool(Bool)
    case integer(Int)
    /// An integer above those of 64 bits with a sign.
    case unsigned(UInt64)
    case number(Double)
    /// A date or a time. Where any type will do, it stays the text it is.
    case time
  }

  package static func meaning(_ text: [UInt8]) -> Meaning { text.withUnsafeBufferPointer { meaning($0) } }

  package static func meaning(_ text: UnsafeBufferPointer<UInt8>) -> Meaning {
    guard let first = text.first else { return .null }
    switch first {
    // Most texts begin with none of these.
    case UInt8(ascii: "~"): return text.count == 1 ? .null : .string
    case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "t"),
      UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"):
      guard text.count <= 5 else { return .string }
      switch String(decoding: text, as: UTF8.self) {
      case "null", "Null", "NULL": return .null
      case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return .bool(true)
      case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return .bool(false)
      default: return .string
      }
    case UInt8(ascii: "."):
      switch String(decoding: text.prefix(5), as: UTF8.self) {
      case ".inf", ".Inf", ".INF": return .number(.infinity)
      case ".nan", ".NaN", ".NAN": return .number(.nan)
      default: return number(text[...]).map { .number($0) } ?? .string
      }
    case UInt8(ascii: "+"), UInt8(ascii: "-"), 0x30...0x39: return numeral(text)
    default: return .string
    }
  }

  private static func numeral(_ text: UnsafeBufferPointer<UInt8>) -> Meaning {
    if text.count == 5 {
      switch String(decoding: text, as: UTF8.self) {
      case "+.inf", "+.Inf", "+.INF": return .number(.infinity)
      case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
      default: break
      }
    }
    if isTime(text) { return .time }
    if text.contains(UInt8(ascii: "_")) {
      return Array(text.filter { $0 != UInt8(ascii: "_") }).withUnsafeBufferPointer { digits($0[...]) }
    }
    return digits(text[...])
  }

  private static func digits(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Meaning {
    let isNegative = text.first == UInt8(ascii: "-"), isSigned = isNegative || text.first == UInt8(ascii: "+")
    if let value = whole(text.dropFirst(isSigned ? 1 : 0)) {
      if isNegative {
        if value <= 1 << 63 { return .integer(value == 1 << 63 ? .min : -Int(value)) }
      } else if let int = Int(exactly: value) {
        return .integer(int)
      } else if !isSigned {
        return .unsigned(value)
      }
    }
    return number(text).map { .number($0) } ?? .string
  }

  /// `12`, `0x1F`, `0b1`, `0o17`, `017`; nil for what is none of these, or has more than 64 bits.
  private static func whole(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
    guard let first = text.first else { return nil }
    var radix: UInt64 = 10, rest = text
    if first == 0x30, text.count > 1 {
      switch text[text.startIndex + 1] | 0x20 {
      case UInt8(ascii: "x") where text.count > 2: (radix, rest) = (16, text.dropFirst(2))
      case UInt8(ascii: "o") where text.count > 2: (radix, rest) = (8, text.dropFirst(2))
      case UInt8(ascii: "b") where text.count > 2: (radix, rest) = (2, text.dropFirst(2))
      default: (radix, rest) = (8, text.dropFirst())
      }
    }
    var value: UInt64 = 0
    for byte in rest {
      let digit: UInt64
      switch byte {
      case 0x30...0x39: digit = UInt64(byte - 0x30)
      case 0x61...0x66, 0x41...0x46: digit = UInt64((byte | 0x20) - 0x61) + 10
      default: return nil
      }
      guard digit < radix else { return nil }
      let (product, overflows) = value.multipliedReportingOverflow(by: radix)
      let (sum, overflowsToo) = product.addingReportingOverflow(digit)
      if overflows || overflowsToo { return nil }
      value = sum
    }
    return value
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, within the range of a double.
  private static func number(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    var rest = text
    func digits() -> Int {
      let start = rest.startIndex
      while let byte = rest.first, (0x30...0x39).contains(byte) { rest = rest.dropFirst() }
      return rest.startIndex - start
    }
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var count = digits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let more = digits()
      guard count > 0 || more > 0 else { return nil }
      count += more
    }
    guard count > 0 else { return nil }
    if let first = rest.first, first | 0x20 == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      guard digits() > 0 else { return nil }
    }
    guard rest.isEmpty, let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  /// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: a number in YAML 1.1, which other parsers read.
  static func isSexagesimal(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") || isDigit(first),
      text.contains(UInt8(ascii: ":"))
    else { return false }
    var rest = text[...]
    if !isDigit(first) { rest.removeFirst() }
    guard let digit = rest.first, isDigit(digit) else { return false }
    let parts = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts[0].allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") }) else { return false }
    for (index, part) in parts.dropFirst().enumerated() {
      var part = part
      if index == parts.count - 2, let dot = part.firstIndex(of: UInt8(ascii: ".")) {
        guard part[(dot + 1)...].allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") }) else { return false }
        part = part[..<dot]
      }
      guard (1...2).contains(part.count), part.allSatisfy(isDigit), part.count == 1 || part.first! < UInt8(ascii: "6")
      else { return false }
    }
    return true
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// A date, alone or with a time, in the forms that go-yaml takes for a time stamp.
  private static func isTime(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count >= 8, text[4] == UInt8(ascii: "-") else { return false }
    var rest = text[...]
    func number(_ digits: ClosedRange<Int>, _ values: ClosedRange<Int>) -> Int? {
      let word = rest.prefix(digits.upperBound).prefix(while: isDigit)
      guard word.count >= digits.lowerBound, let value = Int(String(decoding: word, as: UTF8.self)),
        values.contains(value)
      else { return nil }
      rest = rest.dropFirst(word.count)
      return value
    }
    func sign(_ signs: String) -> UInt8? {
      guard let first = rest.first, signs.utf8.contains(first) else { return nil }
      rest.removeFirst()
      return first
    }
    guard let year = number(4...4, 0...9999), sign("-") != nil, let month = number(1...2, 1...12), sign("-") != nil,
      let day = number(1...2, 1...31)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    guard day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] else { return false }
    if rest.isEmpty { return true }
    guard let between = sign("Tt "), number(1...2, 0...23) != nil, sign(":") != nil, number(1...2, 0...59) != nil,
      sign(":") != nil, number(1...2, 0...59) != nil
    else { return false }
    if sign(".,") != nil {
      let fraction = rest.prefix(while: isDigit)
      guard !fraction.isEmpty else { return false }
      rest = rest.dropFirst(fraction.count)
    }
    if between == 0x20 { return rest.isEmpty }
    if sign("Z") != nil { return rest.isEmpty }
    return sign("+-") != nil && number(2...2, 0...24) != nil && sign(":") != nil && number(2...2, 0...60) != nil
      && rest.isEmpty
  }
}
