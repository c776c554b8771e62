import Glibc

/// A decimal number of any size, as shopspring/decimal 1.4 has it: `digits` times ten to the power of `exponent`.
/// https://pkg.go.dev/github.com/shopspring/decimal
struct Decimal {
  /// Whether it is below zero.
  private var isNegative: Bool
  /// From the lowest, without zeros at the top; empty for zero.
  private var digits: [UInt8]
  private var exponent: Int

  /// Places behind the point that a quotient is rounded to.
  private static let places = 16

  /// nil if it is no number, or infinite.
  init?(_ value: Double) {
    guard value.isFinite else { return nil }
    let (digits, point) = GoFloat.shortest(value.magnitude)
    self.init(
      isNegative: value < 0, digits: digits.reversed().map { $0 - 0x30 },
      exponent: value == 0 ? 0 : point - digits.count)
  }

  private init(isNegative: Bool, digits: [UInt8], exponent: Int) {
    (self.isNegative, self.digits, self.exponent) = (isNegative, digits, exponent)
    while self.digits.last == 0 { self.digits.removeLast() }
    if self.digits.isEmpty { self.isNegative = false }
  }

  /// The nearest float.
  var double: Double {
    let text = String(decoding: digits.reversed().map { $0 + 0x30 }, as: UTF8.self)
    return strtod("\(isNegative ? "-" : "")0\(text)e\(exponent)", nil)
  }

  static func + (left: Decimal, right: Decimal) -> Decimal {
    let exponent = min(left.exponent, right.exponent)
    let a = left.scaled(to: exponent), b = right.scaled(to: exponent)
    guard left.isNegative != right.isNegative else {
      return Decimal(isNegative: left.isNegative, digits: sum(a, b), exponent: exponent)
    }
    return isLess(a, b)
      ? Decimal(isNegative: right.isNegative, digits: difference(b, a), exponent: exponent)
      : Decimal(isNegative: left.isNegative, digits: difference(a, b), exponent: exponent)
  }

  static func - (left: Decimal, right: Decimal) -> Decimal {
    left + Decimal(isNegative: !right.isNegative, digits: right.digits, exponent: right.exponent)
  }

  static func * (left: Decimal, right: Decimal) -> Decimal {
    var product = [Int](repeating: 0, count: left.digits.count + right.digits.count)
    for (i, a) in left.digits.enumerated() where a != 0 {
      for (j, b) in right.digits.enumerated() { product[i + j] += Int(a) * Int(b) }
    }
    var carry = 0
    for index in product.indices {
      carry += product[index]
      product[index] = carry % 10
      carry /= 10
    }
    return Decimal(
      isNegative: left.isNegative != right.isNegative, digits: product.map { UInt8($0) },
      exponent: left.exponent + right.exponent)
  }

  /// The quotient, rounded half up to 16 places; nil if the divisor is zero.
  static func / (left: Decimal, right: Decimal) -> Decimal? {
    guard !right.digits.isEmpty else { return nil }
    // left · 10^places / right, in whole numbers, with the rest for rounding.
    let shift = left.exponent - right.exponent + places
    let numerator =
      shift >= 0 ? left.digits.isEmpty ? [] : [UInt8](repeating: 0, count: shift) + left.digits : left.digits
    let divisor = shift >= 0 ? right.digits : [UInt8](repeating: 0, count: -shift) + right.digits
    var rest: [UInt8] = [], quotient = [UInt8](repeating: 0, count: numerator.count)
    for place in numerator.indices.reversed() {
      rest.insert(numerator[place], at: 0)
      while rest.last == 0 { rest.removeLast() }
      while !isLess(rest, divisor) {
        rest = difference(rest, divisor)
        quotient[place] += 1
      }
    }
    if !isLess(sum(rest, rest), divisor) { quotient = sum(quotient, [1]) }
    return Decimal(isNegative: left.isNegative != right.isNegative, digits: quotient, exponent: -places)
  }

  private func scaled(to exponent: Int) -> [UInt8] {
    digits.isEmpty ? [] : [UInt8](repeating: 0, count: self.exponent - exponent) + digits
  }

  private static func isLess(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count != b.count ? a.count < b.count : a.reversed().lexicographicallyPrecedes(b.reversed())
  }

  private static func sum(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [], carry: UInt8 = 0
    for index in 0..<max(a.count, b.count) {
      let value = (index < a.count ? a[index] : 0) + (index < b.count ? b[index] : 0) + carry
      result.append(value % 10)
      carry = value / 10
    }
    if carry > 0 { result.append(carry) }
    return result
  }

  /// `a - b`, where `a` is not less.
  private static func difference(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
    var result = a, borrow: UInt8 = 0
    for index in a.indices {
      let lower = (index < b.count ? b[index] : 0) + borrow
      borrow = result[index] < lower ? 1 : 0
      result[index] = result[index] + borrow * 10 - lower
    }
    while result.last == 0 { result.removeLast() }
    return result
  }
}
