/// How Go and spf13/cast 1.7 read numbers. https://pkg.go.dev/github.com/spf13/cast
enum GoInteger {
  enum Problem { case syntax, range }

  /// strconv.ParseInt with 64 bits. Base 0 takes the prefixes 0x, 0o, 0b and 0, and underscores. The value is there for
  /// what is out of range, too: the nearest.
  static func parse(_ text: [UInt8], base: Int = 10) -> (value: Int64, problem: Problem?) {
    let isNegative = text.first == UInt8(ascii: "-")
    let isSigned = isNegative || text.first == UInt8(ascii: "+")
    let digits = isSigned ? text[1...] : text[...]
    let (magnitude, problem) = unsigned(digits, base: base)
    if problem == .syntax { return (0, .syntax) }
    if isNegative {
      return magnitude > 1 << 63 ? (.min, .range) : (Int64(truncatingIfNeeded: 0 &- magnitude), problem)
    }
    return magnitude >= 1 << 63 ? (.max, .range) : (Int64(magnitude), problem)
  }

  private static func unsigned(_ text: ArraySlice<UInt8>, base: Int) -> (UInt64, Problem?) {
    var base = UInt64(base), digits = text
    if base == 0 {
      base = 10
      if digits.first == 0x30 {
        switch digits.dropFirst().first.map({ $0 | 0x20 }) {
        case UInt8(ascii: "x") where digits.count > 2: (base, digits) = (16, digits.dropFirst(2))
        case UInt8(ascii: "o") where digits.count > 2: (base, digits) = (8, digits.dropFirst(2))
        case UInt8(ascii: "b") where digits.count > 2: (base, digits) = (2, digits.dropFirst(2))
        default: (base, digits) = (8, digits.dropFirst())
        }
      }
      if text.contains(UInt8(ascii: "_")) {
        guard GoNumber.hasUnderscoresInPlace(Substring(String(decoding: text, as: UTF8.self))) else {
          return (0, .syntax)
        }
        digits = ArraySlice(digits.filter { $0 != UInt8(ascii: "_") })
      }
    }
    guard !text.isEmpty, !digits.isEmpty || text.first == 0x30 else { return (0, .syntax) }
    var value: UInt64 = 0, isTooLarge = false
    for byte in digits {
      guard let digit = Lexer.digit(byte).map(UInt64.init), digit < base else { return (0, .syntax) }
      let (product, overflows) = value.multipliedReportingOverflow(by: base)
      let (sum, sumOverflows) = product.addingReportingOverflow(digit)
      // The rest is read too: a letter in it makes it no number at all.
      if overflows || sumOverflows { isTooLarge = true }
      value = sum
    }
    return isTooLarge ? (.max, .range) : (value, nil)
  }

  /// A float without its fraction; the least integer if it is out of range, as on amd64.
  static func truncated(_ value: Double) -> Int64 { Int64(exactly: value.rounded(.towardZero)) ?? .min }

  /// cast.ToInt64 of a string: 0 for what is no number. `3.00` is 3.
  static func cast(_ text: [UInt8]) -> Int64 {
    var end = text.count
    while end > 0, text[end - 1] == 0x30 { end -= 1 }
    let isWhole = end > 0 && end < text.count && text[end - 1] == UInt8(ascii: ".")
    let (value, problem) = parse(isWhole ? Array(text[..<(end - 1)]) : text, base: 0)
    return problem == nil ? value : 0
  }

  /// cast.ToFloat64 of a string: 0 for what is no number, or too large.
  static func castFloat(_ text: [UInt8]) -> Double {
    let isNegative = text.first == UInt8(ascii: "-")
    let isSigned = isNegative || text.first == UInt8(ascii: "+")
    let word = String(
      decoding: (isSigned ? text[1...] : text[...]).map { $0 &- 0x41 < 26 ? $0 + 32 : $0 }, as: UTF8.self)
    if word == "inf" || word == "infinity" { return isNegative ? -.infinity : .infinity }
    if word == "nan" && !isSigned { return .nan }
    return GoNumber.float(String(decoding: text, as: UTF8.self)) ?? 0
  }
}
