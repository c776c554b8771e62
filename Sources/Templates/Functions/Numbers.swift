import Glibc

extension Sprig {
  mutating func addNumbers() {
    add("atoi", takes: [.string]) { _, arguments in .int(Int(GoInteger.parse(arguments[0].text).value)) }
    add("int64", takes: [.any]) { _, arguments in .int64(arguments[0].castInt) }
    add("int", takes: [.any]) { _, arguments in .int(Int(arguments[0].castInt)) }
    add("float64", takes: [.any]) { _, arguments in .float64(arguments[0].castFloat) }
    add("toDecimal", takes: [.any]) { _, arguments in
      let (value, problem) = GoInteger.parse(try arguments[0].formatted, base: 8)
      return .int64(problem == nil ? value : 0)
    }
    addIntegers()
    addFloats()
  }

  /// Sums and products of integers wrap around.
  private mutating func addIntegers() {
    add("add1", takes: [.any]) { _, arguments in .int64(arguments[0].castInt &+ 1) }
    add("add", variadic: .any) { _, arguments in .int64(arguments.reduce(0) { $0 &+ $1.castInt }) }
    add("sub", takes: [.any, .any]) { _, arguments in .int64(arguments[0].castInt &- arguments[1].castInt) }
    add("mul", takes: [.any], variadic: .any) { _, arguments in .int64(arguments.reduce(1) { $0 &* $1.castInt }) }
    func divided(_ arguments: [Value]) throws -> (quotient: Int64, remainder: Int64) {
      let (dividend, divisor) = (arguments[0].castInt, arguments[1].castInt)
      guard divisor != 0 else { throw RenderFailure.runtime("integer divide by zero") }
      // The least integer has no opposite.
      return divisor == -1 ? (0 &- dividend, 0) : (dividend / divisor, dividend % divisor)
    }
    add("div", takes: [.any, .any]) { _, arguments in .int64(try divided(arguments).quotient) }
    add("mod", takes: [.any, .any]) { _, arguments in .int64(try divided(arguments).remainder) }
    add("max", "biggest", takes: [.any], variadic: .any) { _, arguments in .int64(arguments.map(\.castInt).max() ?? 0) }
    add("min", takes: [.any], variadic: .any) { _, arguments in .int64(arguments.map(\.castInt).min() ?? 0) }
  }

  private mutating func addFloats() {
    func computed(_ start: Value, _ more: some Sequence<Value>, _ step: (Decimal, Decimal) throws -> Decimal) throws
      -> Value
    {
      func decimal(_ value: Value) throws -> Decimal {
        let double = value.castFloat
        if let decimal = Decimal(double) { return decimal }
        let text = String(decoding: try Value.float64(double).formatted, as: UTF8.self)
        throw RenderFailure.failed("Cannot create a Decimal from \(text)")
      }
      return .float64(try more.reduce(decimal(start)) { try step($0, decimal($1)) }.double)
    }
    add("add1f", takes: [.any]) { _, arguments in try computed(arguments[0], [.int(1)], +) }
    add("addf", variadic: .any) { _, arguments in try computed(.int(0), arguments, +) }
    add("subf", takes: [.any], variadic: .any) { _, arguments in try computed(arguments[0], arguments.dropFirst(), -) }
    add("mulf", takes: [.any], variadic: .any) { _, arguments in try computed(arguments[0], arguments.dropFirst(), *) }
    add("divf", takes: [.any], variadic: .any) { _, arguments in
      try computed(arguments[0], arguments.dropFirst()) {
        guard let quotient = $0 / $1 else { throw RenderFailure.failed("decimal division by 0") }
        return quotient
      }
    }
    /// Go's math.Max and math.Min: an infinity that wins goes before what is no number, and 0 is more than -0.
    func extreme(_ one: Double, _ two: Double, _ sign: FloatingPointSign) -> Double {
      let limit = Double(sign: sign, exponent: 0, significand: .infinity)
      if one == limit || two == limit { return limit }
      if one.isNaN || two.isNaN { return .nan }
      if one == 0, two == 0 { return one.sign == sign ? one : two }
      return (one > two) == (sign == .plus) ? one : two
    }
    for (name, sign) in [("maxf", FloatingPointSign.plus), ("minf", .minus)] {
      add(name, takes: [.any], variadic: .any) { _, arguments in
        .float64(arguments.dropFirst().reduce(arguments[0].castFloat) { extreme($0, $1.castFloat, sign) })
      }
    }
    add("floor", takes: [.any]) { _, arguments in .float64(arguments[0].castFloat.rounded(.down)) }
    add("ceil", takes: [.any]) { _, arguments in .float64(arguments[0].castFloat.rounded(.up)) }
    add("round", takes: [.any, .int], variadic: .float64) { _, arguments in
      let limit: Double = if arguments.count > 2, case .float64(let value) = arguments[2] { value } else { 0.5 }
      let power = Sprig.tenToThe(arguments[1].int), digit = power * arguments[0].castFloat
      let fraction = digit.isInfinite ? .nan : digit - digit.rounded(.towardZero)
      return .float64(digit.rounded(fraction >= limit ? .up : .down) / power)
    }
  }
}

extension Sprig {
  /// Go's math.Pow for ten and a whole number: its last bit is not always that of C's pow.
  fileprivate static func tenToThe(_ power: Int) -> Double {
    if power == 0 { return 1 }
    // Out of the range of floats.
    if power.magnitude > 400 { return power < 0 ? 0 : .infinity }
    var left = Int(power.magnitude), fraction = 1.0, exponent = 0, square = 0.625, squareExponent = 4
    while left != 0 {
      if left & 1 == 1 {
        fraction *= square
        exponent += squareExponent
      }
      square *= square
      squareExponent <<= 1
      if square < 0.5 {
        square += square
        squareExponent -= 1
      }
      left >>= 1
    }
    return power < 0 ? scalbn(1 / fraction, Int32(-exponent)) : scalbn(fraction, Int32(exponent))
  }
}

extension Value {
  /// spf13/cast's ToInt64: 0 for what is no number.
  var castInt: Int64 {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): Int64(value)
    case .int64(let value): value
    case .uint64(let value): Int64(truncatingIfNeeded: value)
    case .uint8(let value): Int64(value)
    case .float64(let value): GoInteger.truncated(value)
    case .string(let text): GoInteger.cast(text)
    case .object(let object): (object.content as? GoMonth).map { Int64($0.number) } ?? 0
    default: 0
    }
  }

  /// spf13/cast's ToFloat64: 0 for what is no number.
  var castFloat: Double {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): Double(value)
    case .int64(let value): Double(value)
    case .uint64(let value): Double(value)
    case .uint8(let value): Double(value)
    case .float64(let value): value
    case .string(let text): GoInteger.castFloat(text)
    case .object(let object): (object.content as? GoMonth).map { Double($0.number) } ?? 0
    default: 0
    }
  }
}
