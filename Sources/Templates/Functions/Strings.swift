extension Sprig {
  mutating func addStrings() {
    add("hello") { _, _ in "Hello!" }
    addText("trim") { Text.trim($0, where: Text.isSpace) }
    addText("upper") { Text.isASCII($0) ? $0.map { $0 &- 0x61 < 26 ? $0 - 32 : $0 } : Text.map($0, Text.upper) }
    addText("lower") { Text.isASCII($0) ? $0.map { $0 &- 0x41 < 26 ? $0 + 32 : $0 } : Text.map($0, Text.lower) }
    addText("title", Text.titled)
    addText("untitle", Text.untitled)
    addText("swapcase", Text.swapped)
    addText("camelcase", Text.pascal)
    addText("snakecase") { Text.joined($0, by: 0x5F) }
    addText("kebabcase") { Text.joined($0, by: 0x2D) }
    addText("initials", Text.initials)
    addText("nospace", Text.withoutSpace)
    addCuts()
    addQuotes()
    addIndents()
    addSplits()
    add("contains", takes: [.string, .string]) { _, arguments in
      .bool(Text.find(arguments[0].text, in: arguments[1].text) != nil)
    }
    add("hasPrefix", takes: [.string, .string]) { _, arguments in
      .bool(arguments[1].text.starts(with: arguments[0].text))
    }
    add("hasSuffix", takes: [.string, .string]) { _, arguments in
      .bool(Text.ends(arguments[1].text, with: arguments[0].text))
    }
    add("plural", takes: [.string, .string, .int]) { _, arguments in arguments[arguments[2].int == 1 ? 0 : 1] }
  }

  private mutating func addCuts() {
    add("trunc", takes: [.int, .string]) { _, arguments in
      let count = arguments[0].int, text = arguments[1].text
      if count < 0, text.count > count.magnitude { return .string(Array(text[(text.count + count)...])) }
      return count >= 0 && text.count > count ? .string(Array(text[..<count])) : arguments[1]
    }
    add("substr", takes: [.int, .int, .string]) { _, arguments in
      let text = arguments[2].text, isWhole = arguments[0].int < 0
      let start = isWhole ? 0 : arguments[0].int
      var end = arguments[1].int
      if !isWhole, end < 0 || end > text.count { end = text.count }
      if end < 0 { throw RenderFailure.runtime("slice bounds out of range [:\(end)]") }
      if end > text.count {
        throw RenderFailure.runtime("slice bounds out of range [:\(end)] with length \(text.count)")
      }
      if start > end { throw RenderFailure.runtime("slice bounds out of range [\(start):\(end)]") }
      return .string(Array(text[start..<end]))
    }
    add("abbrev", takes: [.int, .string]) { _, arguments in
      let width = arguments[0].int
      return width < 4 ? arguments[1] : .string(Text.abbreviated(arguments[1].text, from: 0, to: width))
    }
    add("abbrevboth", takes: [.int, .int, .string]) { _, arguments in
      let (left, right) = (arguments[0].int, arguments[1].int)
      if right < 4 || (left > 0 && right < 7) { return arguments[2] }
      return .string(Text.abbreviated(arguments[2].text, from: left, to: right))
    }
    add("trimAll", "trimall", takes: [.string, .string]) { _, arguments in
      let cut = Set(Text.scalars(arguments[0].text))
      return .string(Text.trim(arguments[1].text, where: cut.contains))
    }
    add("trimSuffix", takes: [.string, .string]) { _, arguments in
      let text = arguments[1].text, suffix = arguments[0].text
      return Text.ends(text, with: suffix) ? .string(Array(text.dropLast(suffix.count))) : arguments[1]
    }
    add("trimPrefix", takes: [.string, .string]) { _, arguments in
      let text = arguments[1].text, prefix = arguments[0].text
      return text.starts(with: prefix) ? .string(Array(text.dropFirst(prefix.count))) : arguments[1]
    }
  }

  private mutating func addQuotes() {
    add("quote", variadic: .any) { _, arguments in
      var result: [UInt8] = []
      for argument in arguments where !argument.isNil {
        if !result.isEmpty { result.append(0x20) }
        Text.quote(try argument.printed, to: &result)
      }
      return .string(result)
    }
    add("squote", variadic: .any) { _, arguments in
      var result: [UInt8] = []
      for argument in arguments where !argument.isNil {
        if !result.isEmpty { result.append(0x20) }
        result.append(0x27)
        try GoFormat.append(argument, to: &result)
        result.append(0x27)
      }
      return .string(result)
    }
    add("cat", variadic: .any) { _, arguments in
      .string(Array(try arguments.filter { !$0.isNil }.map { try $0.formatted }.joined(separator: [0x20])))
    }
    add("toString", takes: [.any]) { _, arguments in .string(try arguments[0].printed) }
  }

  private mutating func addIndents() {
    func indented(_ call: Execution, _ arguments: [Value], _ start: [UInt8]) throws -> Value {
      let count = arguments[0].int, text = arguments[1].text
      guard count >= 0 else { throw RenderFailure.failed("strings: negative Repeat count") }
      let lines = text.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
      let (more, overflows) = lines.multipliedReportingOverflow(by: count)
      try call.reserve(
        overflows
          ? .max
          : text.count.addingReportingOverflow(more).partialValue.magnitude > 1 << 62
            ? .max : text.count + more)
      var result = start
      result.reserveCapacity(text.count + more + 1)
      func pad() { result.append(contentsOf: repeatElement(0x20, count: count)) }
      pad()
      var rest = text[...]
      while let end = rest.firstIndex(of: 0x0A) {
        result += rest[...end]
        pad()
        rest = rest[(end + 1)...]
      }
      return .string(result + rest)
    }
    add("indent", takes: [.int, .string]) { try indented($0, $1, []) }
    add("nindent", takes: [.int, .string]) { try indented($0, $1, [0x0A]) }
    add("repeat", takes: [.int, .string]) { call, arguments in
      let count = arguments[0].int, text = arguments[1].text
      guard count >= 0 else { throw RenderFailure.failed("strings: negative Repeat count") }
      let (size, overflows) = text.count.multipliedReportingOverflow(by: count)
      guard !overflows else { throw RenderFailure.failed("strings: Repeat output length overflow") }
      try call.reserve(size)
      return .string(text.isEmpty ? [] : Array(repeatElement(text, count: count).joined()))
    }
    add("replace", takes: [.string, .string, .string]) { call, arguments in
      let old = arguments[0].text, new = arguments[1].text, text = arguments[2].text
      // The most that it can become.
      let places = text.count / max(1, old.count) + 1
      let (more, overflows) = places.multipliedReportingOverflow(by: new.count)
      if overflows || more > call.options.outputLimit {
        let found = old.isEmpty ? places : Text.split(text, by: old)?.count ?? 1
        let (size, overflows) = found.multipliedReportingOverflow(by: new.count)
        try call.reserve(overflows ? .max : size)
      }
      return .string(Text.replace(old, by: new, in: text))
    }
    add("wrap", takes: [.int, .string]) { _, arguments in
      .string(Text.wrapped(arguments[1].text, at: arguments[0].int, by: [], cutsWords: false))
    }
    add("wrapWith", takes: [.int, .string, .string]) { call, arguments in
      let text = arguments[2].text, width = max(1, arguments[0].int)
      let (size, overflows) = (text.count / width + 1).multipliedReportingOverflow(by: arguments[1].text.count)
      // Spaces make shorter lines, and so more of them: at most twice as many.
      try call.reserve(overflows ? .max : size)
      return .string(Text.wrapped(text, at: width, by: arguments[1].text, cutsWords: true))
    }
  }

  private mutating func addSplits() {
    func numbered(_ parts: [[UInt8]]?) -> Value {
      .map(GoMap((parts ?? []).enumerated().map { ("_\($0.offset)", .string($0.element)) }, .strings))
    }
    add("split", takes: [.string, .string]) { _, arguments in
      numbered(Text.split(arguments[1].text, by: arguments[0].text))
    }
    add("splitn", takes: [.string, .int, .string]) { _, arguments in
      numbered(Text.split(arguments[2].text, by: arguments[0].text, limit: arguments[1].int))
    }
    add("splitList", takes: [.string, .string]) { _, arguments in
      Value(strings: Text.split(arguments[1].text, by: arguments[0].text) ?? [])
    }
    add("toStrings", takes: [.any]) { _, arguments in Value(strings: try arguments[0].strings) }
    add("join", takes: [.string, .any]) { call, arguments in
      let parts = try arguments[1].strings, separator = arguments[0].text
      let (size, overflows) = parts.count.multipliedReportingOverflow(by: separator.count)
      try call.reserve(overflows ? .max : size)
      return .string(Array(parts.joined(separator: separator)))
    }
    add("sortAlpha", takes: [.any]) { _, arguments in
      Value(
        strings: arguments[0].elements == nil
          ? [try arguments[0].printed] : try arguments[0].strings.sorted(by: GoMap.isLess))
    }
  }
}

extension Text {
  static func isASCII(_ text: [UInt8]) -> Bool { text.allSatisfy { $0 < 0x80 } }

  static func isUTF8(_ text: [UInt8]) -> Bool { isASCII(text) || String(validating: text, as: UTF8.self) != nil }

  static func ends(_ text: [UInt8], with suffix: [UInt8]) -> Bool {
    text.count >= suffix.count && text[(text.count - suffix.count)...].elementsEqual(suffix)
  }

  /// As `%q`.
  static func quote(_ text: [UInt8], to result: inout [UInt8]) {
    guard text.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) else {
      result += GoQuote.quoted(text).utf8
      return
    }
    result.append(0x22)
    result += text
    result.append(0x22)
  }
}

extension Value {
  /// As sprig makes strings of values: bytes are text, and an object says what it is by its method `String`.
  var printed: [UInt8] {
    get throws(RenderFailure) {
      switch self {
      case .string(let bytes), .bytes(let bytes): bytes
      case .object(let object): if let text = object.content.text { text } else { try formatted }
      default: try formatted
      }
    }
  }

  /// As `%v`.
  var formatted: [UInt8] {
    get throws(RenderFailure) {
      var text: [UInt8] = []
      try GoFormat.append(self, to: &text)
      return text
    }
  }

  /// As sprig makes a list of strings of a value: without the elements that are nil, and one for what is no list.
  var strings: [[UInt8]] {
    get throws(RenderFailure) {
      if isNil { return [] }
      guard let elements else { return [try printed] }
      var strings: [[UInt8]] = []
      strings.reserveCapacity(elements.count)
      for element in elements where !element.isNil { strings.append(try element.printed) }
      return strings
    }
  }
}
