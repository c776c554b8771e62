/// Characters as Go's unicode and strings packages see them: one scalar at a time, U+FFFD for a byte that is not UTF-8.
enum Text {
  /// The scalars of a text; U+FFFD stands for each byte that is not UTF-8.
  static func scalars<C: RandomAccessCollection<UInt8>>(_ text: C) -> [UInt32] where C.Index == Int {
    var scalars: [UInt32] = [], place = text.startIndex
    scalars.reserveCapacity(text.count)
    while place < text.endIndex {
      let (value, width) = GoQuote.scalar(text, at: place)
      scalars.append(value)
      place += width
    }
    return scalars
  }

  static func bytes(_ scalars: some Sequence<UInt32>) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in scalars { append(scalar, to: &bytes) }
    return bytes
  }

  static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
    if scalar < 0x80 { bytes.append(UInt8(scalar)) } else { GoQuote.append(scalar, to: &bytes) }
  }

  /// As strings.Map: with U+FFFD for what is not UTF-8.
  static func map(_ text: [UInt8], _ change: (UInt32) -> UInt32) -> [UInt8] {
    var result: [UInt8] = [], place = 0
    result.reserveCapacity(text.count)
    while place < text.count {
      let (value, width) = GoQuote.scalar(text, at: place)
      append(change(value), to: &result)
      place += width
    }
    return result
  }

  // MARK: case

  // Go maps one scalar to one scalar. Where the full mapping has several, the simple one is the title case form, if
  // that is a single scalar, or the scalar itself: https://www.unicode.org/Public/UCD/latest/ucd/SpecialCasing.txt
  static func upper(_ value: UInt32) -> UInt32 {
    if value < 0x80 { return value &- 0x61 < 26 ? value - 32 : value }
    guard let properties = Unicode.Scalar(value)?.properties else { return value }
    return single(properties.uppercaseMapping) ?? single(properties.titlecaseMapping) ?? value
  }

  static func lower(_ value: UInt32) -> UInt32 {
    if value < 0x80 { return value &- 0x41 < 26 ? value + 32 : value }
    if value == 0x130 { return 0x69 }
    guard let properties = Unicode.Scalar(value)?.properties else { return value }
    return single(properties.lowercaseMapping) ?? value
  }

  static func title(_ value: UInt32) -> UInt32 {
    if value < 0x80 { return upper(value) }
    guard let properties = Unicode.Scalar(value)?.properties else { return value }
    return single(properties.titlecaseMapping) ?? value
  }

  private static func single(_ mapping: String) -> UInt32? {
    let scalars = mapping.unicodeScalars
    guard let first = scalars.first, scalars.dropFirst().isEmpty else { return nil }
    return first.value
  }

  // MARK: kinds

  static func isSpace(_ value: UInt32) -> Bool {
    switch value {
    case 9...13, 0x20, 0x85, 0xA0: true
    case 0..<0x100: false
    default: Unicode.Scalar(value)?.properties.isWhitespace ?? false
    }
  }

  static func isUpper(_ value: UInt32) -> Bool {
    value < 0x80 ? value &- 0x41 < 26 : category(value) == .uppercaseLetter
  }

  static func isLower(_ value: UInt32) -> Bool {
    value < 0x80 ? value &- 0x61 < 26 : category(value) == .lowercaseLetter
  }

  static func isTitle(_ value: UInt32) -> Bool { category(value) == .titlecaseLetter }

  static func isLetter(_ value: UInt32) -> Bool {
    switch category(value) {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  /// Any number, as Roman numerals too.
  static func isNumber(_ value: UInt32) -> Bool {
    switch category(value) {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }

  static func isDigit(_ value: UInt32) -> Bool {
    value < 0x80 ? value &- 0x30 < 10 : category(value) == .decimalNumber
  }

  static func isPunctuation(_ value: UInt32) -> Bool {
    switch category(value) {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }

  private static func category(_ value: UInt32) -> Unicode.GeneralCategory {
    Unicode.Scalar(value)?.properties.generalCategory ?? .unassigned
  }

  // MARK: search

  /// Where a text occurs first at or after a place.
  static func find(_ part: [UInt8], in text: [UInt8], from start: Int = 0) -> Int? {
    guard start >= 0, start <= text.count else { return nil }
    guard let first = part.first else { return start }
    guard text.count - start >= part.count else { return nil }
    var place = start
    let last = text.count - part.count
    while place <= last {
      guard let next = text[place...last].firstIndex(of: first) else { return nil }
      if text[next..<(next + part.count)].elementsEqual(part) { return next }
      place = next + 1
    }
    return nil
  }

  /// As strings.SplitN; a negative limit is none.
  static func split(_ text: [UInt8], by separator: [UInt8], limit: Int = -1) -> [[UInt8]]? {
    if limit == 0 { return nil }
    var parts: [[UInt8]] = [], start = 0
    while limit < 0 || parts.count < limit - 1 {
      if separator.isEmpty {
        guard start < text.count else { break }
        let width = GoQuote.scalar(text, at: start).width
        if start + width >= text.count { break }
        parts.append(Array(text[start..<(start + width)]))
        start += width
        continue
      }
      guard let next = find(separator, in: text, from: start) else { break }
      parts.append(Array(text[start..<next]))
      start = next + separator.count
    }
    if separator.isEmpty && text.isEmpty { return [] }
    parts.append(Array(text[start...]))
    return parts
  }

  /// Every occurrence; an empty text is found in front of each character and at the end.
  static func replace(_ old: [UInt8], by new: [UInt8], in text: [UInt8]) -> [UInt8] {
    if old == new { return text }
    var result: [UInt8] = [], start = 0
    result.reserveCapacity(text.count)
    if old.isEmpty {
      result += new
      while start < text.count {
        let width = GoQuote.scalar(text, at: start).width
        result += text[start..<(start + width)]
        result += new
        start += width
      }
      return result
    }
    while let next = find(old, in: text, from: start) {
      result += text[start..<next]
      result += new
      start = next + old.count
    }
    result += text[start...]
    return result
  }

  /// As strings.TrimFunc.
  static func trim(_ text: [UInt8], where isCut: (UInt32) -> Bool) -> [UInt8] {
    var start = 0, end = text.count
    while start < end {
      let (value, width) = GoQuote.scalar(text, at: start)
      guard isCut(value) else { break }
      start += width
    }
    while end > start {
      let (value, width) = last(text[start..<end])
      guard isCut(value) else { break }
      end -= width
    }
    return start == 0 && end == text.count ? text : Array(text[start..<end])
  }

  /// The last character: Go's DecodeLastRune.
  private static func last(_ text: ArraySlice<UInt8>) -> (value: UInt32, width: Int) {
    let end = text.endIndex
    for start in stride(from: end - 1, through: max(text.startIndex, end - 4), by: -1) where text[start] & 0xC0 != 0x80
    {
      let (value, width) = GoQuote.scalar(text, at: start)
      if start + width == end { return (value, width) }
      break
    }
    return (0xFFFD, 1)
  }
}
