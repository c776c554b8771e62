/// Go's fmt: what Sprintf, Sprint and Sprintln write.
package struct GoFormat {
  private var text: [UInt8]
  private var width: Int?
  private var precision: Int?
  private var isMinus = false
  private var isPlus = false
  private var isSharp = false
  private var isSpace = false
  private var isZero = false
  private var isPlusV = false
  private var isSharpV = false
  /// Whether a verb that does not fit is being told of: then no method is called.
  private var isErroring = false
  private var isReordered = false
  private var isGoodNumber = true
  /// Maps and lists inside each other: `set` can put a map into itself.
  private var depth = 0
  private let limit: Int

  /// - Parameter limit: bytes, behind which nothing more is written: then `isTooLong`.
  private init(_ text: [UInt8] = [], limit: Int) { (self.text, self.limit) = (text, limit) }

  /// Sprintf
  package static func printf(
    _ format: [UInt8], _ arguments: [Value], limit: Int = 100 << 20
  ) throws(RenderFailure) -> [UInt8] {
    var printer = GoFormat(limit: limit)
    printer.text.reserveCapacity(format.count + 16)
    printer.printf(format, arguments)
    return try printer.finish()
  }

  /// Sprint: spaces stand between values of which neither is a string.
  package static func sprint(_ arguments: [Value], limit: Int = 100 << 20) throws(RenderFailure) -> [UInt8] {
    var printer = GoFormat(limit: limit), wasString = true
    for (place, argument) in arguments.enumerated() {
      var isString = false
      if case .string = argument { isString = true }
      if place > 0, !isString, !wasString { printer.text.append(0x20) }
      printer.argument(argument, UInt32(UInt8(ascii: "v")))
      wasString = isString
    }
    return try printer.finish()
  }

  /// Sprintln
  package static func println(_ arguments: [Value], limit: Int = 100 << 20) throws(RenderFailure) -> [UInt8] {
    var printer = GoFormat(limit: limit)
    for (place, argument) in arguments.enumerated() {
      if place > 0 { printer.text.append(0x20) }
      printer.argument(argument, UInt32(UInt8(ascii: "v")))
    }
    printer.text.append(0x0A)
    return try printer.finish()
  }

  /// Writes a value as `%v` does.
  static func append(_ value: Value, to text: inout [UInt8], limit: Int = 100 << 20) throws(RenderFailure) {
    var printer = GoFormat(limit: limit)
    swap(&printer.text, &text)
    printer.argument(value, UInt32(UInt8(ascii: "v")))
    swap(&printer.text, &text)
    guard !printer.isTooLong(text) else { throw .limit("\(limit >> 20) MB of text") }
  }

  private func isTooLong(_ text: [UInt8]) -> Bool { text.count > limit || depth < 0 }

  private func finish() throws(RenderFailure) -> [UInt8] {
    guard !isTooLong(text) else { throw .limit("\(limit >> 20) MB of text") }
    return text
  }

  private mutating func write(_ string: StaticString) {
    text += UnsafeBufferPointer(start: string.utf8Start, count: string.utf8CodeUnitCount)
  }
  private mutating func write(_ string: String) { text += string.utf8 }

  // MARK: a format

  private mutating func clear() {
    (width, precision) = (nil, nil)
    (isMinus, isPlus, isSharp, isSpace, isZero, isPlusV, isSharpV) = (false, false, false, false, false, false, false)
  }

  private mutating func printf(_ format: [UInt8], _ arguments: [Value]) {
    var place = 0, number = 0, isAfterIndex = false
    let end = format.count
    formats: while place < end {
      isGoodNumber = true
      let start = place
      while place < end, format[place] != UInt8(ascii: "%") { place += 1 }
      if place > start { text += format[start..<place] }
      guard place < end, text.count <= limit else { break }
      place += 1
      clear()
      flags: while place < end {
        let byte = format[place]
        switch byte {
        case UInt8(ascii: "#"): isSharp = true
        case UInt8(ascii: "0"): isZero = !isMinus
        case UInt8(ascii: "+"): isPlus = true
        case UInt8(ascii: "-"): (isMinus, isZero) = (true, false)
        case UInt8(ascii: " "): isSpace = true
        default:
          guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte), number < arguments.count else { break flags }
          if byte == UInt8(ascii: "v") { setV() }
          argument(arguments[number], UInt32(byte))
          number += 1
          place += 1
          continue formats
        }
        place += 1
      }
      isAfterIndex = index(format, &place, &number, arguments.count)
      if place < end, format[place] == UInt8(ascii: "*") {
        place += 1
        width = GoFormat.integer(arguments, &number)
        if width == nil { write("%!(BADWIDTH)") }
        if let negative = width, negative < 0 { (width, isMinus, isZero) = (-negative, true, false) }
        isAfterIndex = false
      } else {
        width = GoFormat.number(format, &place, end)
        if isAfterIndex, width != nil { isGoodNumber = false }
      }
      if place + 1 < end, format[place] == UInt8(ascii: ".") {
        place += 1
        if isAfterIndex { isGoodNumber = false }
        isAfterIndex = index(format, &place, &number, arguments.count)
        if place < end, format[place] == UInt8(ascii: "*") {
          place += 1
          precision = GoFormat.integer(arguments, &number)
          if let negative = precision, negative < 0 { precision = nil }
          if precision == nil { write("%!(BADPREC)") }
          isAfterIndex = false
        } else {
          precision = GoFormat.number(format, &place, end) ?? 0
        }
      }
      if !isAfterIndex { isAfterIndex = index(format, &place, &number, arguments.count) }
      guard place < end else { write("%!(NOVERB)"); break }
      let (verb, size) = GoQuote.scalar(format, at: place)
      place += size
      if verb == UInt32(UInt8(ascii: "%")) {
        text.append(UInt8(ascii: "%"))
      } else if !isGoodNumber {
        write("%!"); GoQuote.append(verb, to: &text); write("(BADINDEX)")
      } else if number >= arguments.count {
        write("%!"); GoQuote.append(verb, to: &text); write("(MISSING)")
      } else {
        if verb == UInt32(UInt8(ascii: "v")) { setV() }
        argument(arguments[number], verb)
        number += 1
      }
    }
    guard !isReordered, number < arguments.count else { return }
    clear()
    write("%!(EXTRA ")
    for (place, value) in arguments[number...].enumerated() {
      if place > 0 { write(", ") }
      if value.isNil { write("<nil>"); continue }
      write(value.typeName)
      text.append(UInt8(ascii: "="))
      argument(value, UInt32(UInt8(ascii: "v")))
    }
    text.append(UInt8(ascii: ")"))
  }

  private mutating func setV() {
    (isSharpV, isSharp) = (isSharp, false)
    (isPlusV, isPlus) = (isPlus, false)
  }

  /// A number of at most six digits; nil if there is none.
  private static func number(_ format: [UInt8], _ place: inout Int, _ end: Int) -> Int? {
    var number = 0, isNumber = false
    while place < end, (0x30...0x39).contains(format[place]) {
      if number > 1_000_000 { place = end; return nil }
      number = number * 10 + Int(format[place] - 0x30)
      isNumber = true
      place += 1
    }
    return isNumber ? number : nil
  }

  /// A width or precision from the arguments.
  private static func integer(_ arguments: [Value], _ number: inout Int) -> Int? {
    guard number < arguments.count else { return nil }
    defer { number += 1 }
    let value: Int? =
      switch arguments[number] {
      case .int(let int): int
      case .int64(let int): Int(exactly: int)
      case .uint64(let int): Int(exactly: int)
      case .uint8(let int): Int(int)
      default: nil
      }
    guard let value, (-1_000_000...1_000_000).contains(value) else { return nil }
    return value
  }

  /// The argument's number in brackets, as `[2]`.
  private mutating func index(_ format: [UInt8], _ place: inout Int, _ number: inout Int, _ count: Int) -> Bool {
    guard place < format.count, format[place] == UInt8(ascii: "[") else { return false }
    isReordered = true
    guard let close = format[place...].firstIndex(of: UInt8(ascii: "]")), format.count - place >= 3 else {
      isGoodNumber = false
      place += 1
      return false
    }
    var digits = place + 1
    let index = GoFormat.number(format, &digits, close), isWhole = index != nil && digits == close
    place = close + 1
    if let index, isWhole, index >= 1, index <= count {
      number = index - 1
      return true
    }
    isGoodNumber = false
    return isWhole
  }

  // MARK: a value

  private static let v = UInt32(UInt8(ascii: "v"))

  private mutating func argument(_ value: Value, _ verb: UInt32) {
    if value.isNil {
      if verb == GoFormat.v || verb == UInt32(UInt8(ascii: "T")) { pad("<nil>") } else { badVerb(verb, nil) }
      return
    }
    if verb == UInt32(UInt8(ascii: "T")) { string(Array(value.typeName.utf8), UInt32(UInt8(ascii: "s"))); return }
    if verb == UInt32(UInt8(ascii: "p")) { pointer(value, verb); return }
    printValue(value, verb)
  }

  private mutating func badVerb(_ verb: UInt32, _ value: Value?) {
    write("%!")
    GoQuote.append(verb, to: &text)
    text.append(UInt8(ascii: "("))
    if let value, !value.isNil {
      let outer = isErroring
      isErroring = true
      write(value.typeName)
      text.append(UInt8(ascii: "="))
      printValue(value, GoFormat.v)
      isErroring = outer
    } else {
      write("<nil>")
    }
    text.append(UInt8(ascii: ")"))
  }

  private mutating func printValue(_ value: Value, _ verb: UInt32) {
    guard depth >= 0, text.count <= limit else { return }
    // Go would go on until its stack is full.
    guard depth < 500 else { depth = .min / 2; return }
    depth += 1
    defer { depth -= 1 }
    switch value {
    case .invalid, .nil:
      if isSharpV { write("interface {}(nil)") } else { write("<nil>") }
    case .bool(let bool):
      if verb == GoFormat.v || verb == UInt32(UInt8(ascii: "t")) {
        pad(bool ? "true" : "false")
      } else {
        badVerb(verb, value)
      }
    case .int(let int): integer(UInt64(bitPattern: Int64(int)), isSigned: true, verb, value)
    case .int64(let int): integer(UInt64(bitPattern: int), isSigned: true, verb, value)
    case .uint64(let int): integer(int, isSigned: false, verb, value)
    case .uint8(let int): integer(UInt64(int), isSigned: false, verb, value)
    case .float64(let double): float(double, verb, value)
    case .string(let bytes):
      switch verb {
      case GoFormat.v where !isSharpV: string(bytes, verb)
      case UInt32(UInt8(ascii: "s")), UInt32(UInt8(ascii: "x")), UInt32(UInt8(ascii: "X")), UInt32(UInt8(ascii: "q")):
        string(bytes, verb)
      case GoFormat.v: quoted(bytes)
      default: badVerb(verb, value)
      }
    case .bytes(let bytes): self.bytes(bytes, verb, value)
    case .list(let list):
      if isSharpV {
        write(list.typeName)
        if list.isNil { write("(nil)"); return }
      }
      text.append(UInt8(ascii: isSharpV ? "{" : "["))
      for (place, element) in list.elements.enumerated() {
        if place > 0 { separator() }
        printElement(element, verb)
      }
      text.append(UInt8(ascii: isSharpV ? "}" : "]"))
    case .map(let map):
      if isSharpV { write(map.typeName); write("{") } else { write("map[") }
      for (place, (key, element)) in map.entries.enumerated() {
        if place > 0 { separator() }
        printValue(.string(key), verb)
        text.append(UInt8(ascii: ":"))
        printElement(element, verb)
      }
      text.append(UInt8(ascii: isSharpV ? "}" : "]"))
    case .object(let object): self.object(object.content, verb, value)
    }
  }

  /// What stands in a list, map or struct: a nil in it is an interface without a value.
  private mutating func printElement(_ element: Value, _ verb: UInt32) { printValue(element, verb) }

  private mutating func separator() {
    if isSharpV { write(", ") } else { text.append(0x20) }
  }

  private mutating func object(_ object: any GoType, _ verb: UInt32, _ value: Value) {
    if !isErroring, !isSharpV, let own = object.text {
      switch verb {
      case GoFormat.v: string(own, UInt32(UInt8(ascii: "s"))); return
      case UInt32(UInt8(ascii: "s")), UInt32(UInt8(ascii: "x")), UInt32(UInt8(ascii: "X")), UInt32(UInt8(ascii: "q")):
        string(own, verb)
        return
      default: break
      }
    }
    if let number = object.integer { integer(UInt64(bitPattern: number), isSigned: true, verb, value); return }
    if object.kindName == "ptr" {
      if depth > 1 { pointer(value, verb); return }
      text.append(UInt8(ascii: "&"))
    }
    if isSharpV {
      write(object.typeName.utf8.first == UInt8(ascii: "*") ? String(object.typeName.dropFirst()) : object.typeName)
    }
    text.append(UInt8(ascii: "{"))
    for (place, (name, field)) in object.fields.enumerated() {
      if place > 0 { separator() }
      if isPlusV || isSharpV { write(name); text.append(UInt8(ascii: ":")) }
      printElement(field, verb)
    }
    text.append(UInt8(ascii: "}"))
  }

  /// An address: it differs from run to run, in Go as well.
  private mutating func pointer(_ value: Value, _ verb: UInt32) {
    let address: UInt64
    switch value {
    case .map(let map): address = UInt64(UInt(bitPattern: map.id.hashValue))
    case .object(let object) where object.content.kindName == "ptr":
      address = UInt64(UInt(bitPattern: ObjectIdentifier(object).hashValue))
    case .list, .bytes: address = 0xC000_0000_00
    default: badVerb(verb, value); return
    }
    switch verb {
    case GoFormat.v, UInt32(UInt8(ascii: "p")):
      let outer = isSharp
      isSharp = !isSharp
      integer(address, isSigned: false, UInt32(UInt8(ascii: "x")), value)
      isSharp = outer
    case UInt32(UInt8(ascii: "b")), UInt32(UInt8(ascii: "o")), UInt32(UInt8(ascii: "d")), UInt32(UInt8(ascii: "x")),
      UInt32(UInt8(ascii: "X")):
      integer(address, isSigned: false, verb, value)
    default: badVerb(verb, value)
    }
  }

  private mutating func integer(_ number: UInt64, isSigned: Bool, _ verb: UInt32, _ value: Value) {
    switch UInt8(exactly: verb) {
    case UInt8(ascii: "v"):
      if isSharpV, !isSigned { hex(number) } else { integer(number, 10, isSigned, verb) }
    case UInt8(ascii: "d"): integer(number, 10, isSigned, verb)
    case UInt8(ascii: "b"): integer(number, 2, isSigned, verb)
    case UInt8(ascii: "o"), UInt8(ascii: "O"): integer(number, 8, isSigned, verb)
    case UInt8(ascii: "x"), UInt8(ascii: "X"): integer(number, 16, isSigned, verb)
    case UInt8(ascii: "c"):
      var character: [UInt8] = []
      GoQuote.append(UInt32(exactly: number) ?? 0xFFFD, to: &character)
      pad(character)
    case UInt8(ascii: "q"):
      pad(Array(GoQuote.quoted(character: UInt32(exactly: number) ?? 0xFFFD, toASCII: isPlus).utf8))
    case UInt8(ascii: "U"): unicode(number)
    default: badVerb(verb, value)
    }
  }

  private mutating func hex(_ number: UInt64) {
    let outer = isSharp
    isSharp = true
    integer(number, 16, false, GoFormat.v)
    isSharp = outer
  }

  private mutating func unicode(_ number: UInt64) {
    var digits = String(number, radix: 16, uppercase: true)
    digits = String(repeating: "0", count: max(0, max(precision ?? 4, 4) - digits.utf8.count)) + digits
    var shown = Array("U+\(digits)".utf8)
    if isSharp, let value = UInt32(exactly: number), value <= 0x10FFFF, GoQuote.isPrint(value) {
      shown += " '".utf8
      GoQuote.append(value, to: &shown)
      shown.append(UInt8(ascii: "'"))
    }
    withoutZeros { $0.pad(shown) }
  }

  private mutating func integer(_ bits: UInt64, _ base: UInt64, _ isSigned: Bool, _ verb: UInt32) {
    let isNegative = isSigned && Int64(bitPattern: bits) < 0
    var number = isNegative ? 0 &- bits : bits
    if width == nil, precision == nil, base == 10, !isPlus, !isSpace {
      if isNegative { text.append(UInt8(ascii: "-")) }
      Value.append(number, to: &text)
      return
    }
    var wanted = 0
    if let precision {
      wanted = precision
      if precision == 0, number == 0 {
        withoutZeros { $0.padding($0.width ?? 0) }
        return
      }
    } else if isZero, let width {
      wanted = width - (isNegative || isPlus || isSpace ? 1 : 0)
    }
    let isUpper = verb == UInt32(UInt8(ascii: "X"))
    // From the last digit on.
    var digits: [UInt8] = []
    repeat {
      let digit = UInt8(number % base)
      digits.append(digit < 10 ? 0x30 + digit : (isUpper ? UInt8(ascii: "A") : UInt8(ascii: "a")) + digit - 10)
      number /= base
    } while number > 0
    if digits.count < wanted { digits += repeatElement(0x30, count: wanted - digits.count) }
    if isSharp {
      switch base {
      case 2: digits += "b0".utf8
      case 8 where digits.last != 0x30: digits.append(0x30)
      case 16: digits += (isUpper ? "X0" : "x0").utf8
      default: break
      }
    }
    if verb == UInt32(UInt8(ascii: "O")) { digits += "o0".utf8 }
    if isNegative {
      digits.append(UInt8(ascii: "-"))
    } else if isPlus {
      digits.append(UInt8(ascii: "+"))
    } else if isSpace {
      digits.append(0x20)
    }
    digits.reverse()
    withoutZeros { $0.pad(digits) }
  }

  private mutating func float(_ number: Double, _ verb: UInt32, _ value: Value) {
    var kind = UInt8(exactly: verb) ?? 0, digits = precision
    switch kind {
    case UInt8(ascii: "v"): kind = UInt8(ascii: "g")
    case UInt8(ascii: "b"), UInt8(ascii: "g"), UInt8(ascii: "G"), UInt8(ascii: "x"), UInt8(ascii: "X"): break
    case UInt8(ascii: "f"), UInt8(ascii: "e"), UInt8(ascii: "E"): digits = precision ?? 6
    case UInt8(ascii: "F"): (kind, digits) = (UInt8(ascii: "f"), precision ?? 6)
    default: badVerb(verb, value); return
    }
    var shown: [UInt8] = []
    GoFloat.append(number, verb: kind, precision: digits, to: &shown)
    if let first = shown.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+") {
      shown.insert(UInt8(ascii: "+"), at: 0)
    }
    if isSpace, shown[0] == UInt8(ascii: "+"), !isPlus { shown[0] = 0x20 }
    if !number.isFinite {
      if number.isNaN, !isSpace, !isPlus { shown.removeFirst() }
      withoutZeros { $0.pad(shown) }
      return
    }
    if isSharp, kind != UInt8(ascii: "b") { shown = GoFormat.withPoint(shown, kind, digits) }
    if isPlus || shown[0] != UInt8(ascii: "+") {
      if isZero, let width, width > shown.count {
        text.append(shown[0])
        padding(width - shown.count)
        text += shown.dropFirst()
      } else {
        pad(shown)
      }
    } else {
      pad(Array(shown.dropFirst()))
    }
  }

  /// What `#` asks for: a decimal point, and with `g` the zeros behind it.
  private static func withPoint(_ shown: [UInt8], _ verb: UInt8, _ precision: Int?) -> [UInt8] {
    var wanted = 0
    if verb == UInt8(ascii: "g") || verb == UInt8(ascii: "G") || verb == UInt8(ascii: "x") { wanted = precision ?? 6 }
    var tail: [UInt8] = [], head = shown, hasPoint = false, sawDigit = false
    for (place, byte) in shown.enumerated().dropFirst() {
      let isHex = verb == UInt8(ascii: "x") || verb == UInt8(ascii: "X")
      if byte == UInt8(ascii: ".") {
        hasPoint = true
      } else if byte | 0x20 == UInt8(ascii: "p") || (byte | 0x20 == UInt8(ascii: "e") && !isHex) {
        (head, tail) = (Array(shown[..<place]), Array(shown[place...]))
        break
      } else {
        if byte != 0x30 { sawDigit = true }
        if sawDigit { wanted -= 1 }
      }
    }
    if !hasPoint {
      if head.count == 2, head[1] == 0x30 { wanted -= 1 }
      head.append(UInt8(ascii: "."))
    }
    if wanted > 0 { head += repeatElement(0x30, count: wanted) }
    return head + tail
  }

  private mutating func string(_ bytes: [UInt8], _ verb: UInt32) {
    switch UInt8(exactly: verb) {
    case UInt8(ascii: "x"): hex(bytes, isUpper: false)
    case UInt8(ascii: "X"): hex(bytes, isUpper: true)
    case UInt8(ascii: "q"): quoted(bytes)
    default: pad(truncated(bytes))
    }
  }

  private mutating func bytes(_ bytes: [UInt8], _ verb: UInt32, _ value: Value) {
    switch UInt8(exactly: verb) {
    case UInt8(ascii: "v"), UInt8(ascii: "d"):
      if isSharpV { write("[]byte{") } else { write("[") }
      for (place, byte) in bytes.enumerated() {
        if place > 0 { separator() }
        if isSharpV { hex(UInt64(byte)) } else { integer(UInt64(byte), 10, false, verb) }
      }
      text.append(UInt8(ascii: isSharpV ? "}" : "]"))
    case UInt8(ascii: "s"), UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "q"): string(bytes, verb)
    default:
      text.append(UInt8(ascii: "["))
      for (place, byte) in bytes.enumerated() {
        if place > 0 { text.append(0x20) }
        integer(UInt64(byte), isSigned: false, verb, .uint8(byte))
      }
      text.append(UInt8(ascii: "]"))
    }
  }

  private mutating func quoted(_ bytes: [UInt8]) {
    let bytes = truncated(bytes)
    if isSharp, GoQuote.canBackquote(bytes) {
      pad([UInt8(ascii: "`")] + bytes + [UInt8(ascii: "`")])
    } else {
      pad(Array(GoQuote.quoted(bytes, toASCII: isPlus).utf8))
    }
  }

  private mutating func hex(_ bytes: [UInt8], isUpper: Bool) {
    let count = min(precision ?? bytes.count, bytes.count)
    guard count > 0 else { padding(width ?? 0); return }
    var shown: [UInt8] = []
    shown.reserveCapacity(count * 2)
    let prefix = isUpper ? "0X" : "0x"
    if isSharp { shown += prefix.utf8 }
    for (place, byte) in bytes.prefix(count).enumerated() {
      if isSpace, place > 0 {
        shown.append(0x20)
        if isSharp { shown += prefix.utf8 }
      }
      for digit in [byte >> 4, byte & 15] {
        shown.append(digit < 10 ? 0x30 + digit : (isUpper ? UInt8(ascii: "A") : UInt8(ascii: "a")) + digit - 10)
      }
    }
    pad(shown)
  }

  private func truncated(_ bytes: [UInt8]) -> [UInt8] {
    guard var left = precision else { return bytes }
    var place = 0
    while place < bytes.count {
      left -= 1
      if left < 0 { return Array(bytes[..<place]) }
      place += GoQuote.scalar(bytes, at: place).width
    }
    return bytes
  }

  // MARK: width

  private mutating func pad(_ string: StaticString) {
    if width == nil {
      write(string)
    } else {
      pad(Array(UnsafeBufferPointer(start: string.utf8Start, count: string.utf8CodeUnitCount)))
    }
  }

  private mutating func pad(_ bytes: [UInt8]) {
    guard let width, width > 0 else { text += bytes; return }
    var count = 0, place = 0
    while place < bytes.count {
      place += GoQuote.scalar(bytes, at: place).width
      count += 1
    }
    if !isMinus { padding(width - count) }
    text += bytes
    if isMinus { padding(width - count) }
  }

  private mutating func padding(_ count: Int) {
    if count > 0 { text += repeatElement(isZero ? 0x30 : 0x20, count: count) }
  }

  private mutating func withoutZeros(_ body: (inout GoFormat) -> Void) {
    let outer = isZero
    isZero = false
    body(&self)
    isZero = outer
  }
}

extension Value {
  /// Writes digits.
  static func append(_ number: UInt64, to text: inout [UInt8]) {
    if number < 10 { text.append(0x30 + UInt8(truncatingIfNeeded: number)); return }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
      var place = 20, number = number
      repeat {
        place -= 1
        buffer[place] = 0x30 + UInt8(truncatingIfNeeded: number % 10)
        number /= 10
      } while number > 0
      text += UnsafeBufferPointer(rebasing: UnsafeBufferPointer(buffer)[place...])
    }
  }

  /// Writes the value as `{{ . }}` does: as `%v`, but for a struct behind a pointer; nothing at all is `<no value>`.
  func write(to text: inout [UInt8], limit: Int) throws(RenderFailure) {
    switch self {
    case .string(let bytes): text += bytes
    case .int(let int) where int >= 0: Value.append(UInt64(int), to: &text)
    case .bool(let bool): text += (bool ? "true" : "false").utf8
    case .invalid, .nil: text += "<no value>".utf8
    case .object(let object):
      if let own = object.content.addressedText { text += own; return }
      try GoFormat.append(self, to: &text, limit: limit)
    default: try GoFormat.append(self, to: &text, limit: limit)
    }
  }

  /// The value as `%v` prints it.
  package func text(limit: Int = 100 << 20) throws(RenderFailure) -> [UInt8] {
    if case .string(let bytes) = self { return bytes }
    var text: [UInt8] = []
    try GoFormat.append(self, to: &text, limit: limit)
    return text
  }
}
