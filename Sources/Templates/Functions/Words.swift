// How huandu/xstrings 1.5 and Masterminds/goutils 1.1 write words in another way.
// https://pkg.go.dev/github.com/huandu/xstrings https://pkg.go.dev/github.com/Masterminds/goutils
extension Text {
  // MARK: words joined

  private static func joins(_ value: UInt32) -> Bool { value == 0x2D || value == 0x5F || isSpace(value) }

  /// `http_server` → `HttpServer`, `GOLANG-IS` → `GolangIs`. What joins words at the beginning or end is kept, and all
  /// but one of several in a row.
  static func pascal(_ text: [UInt8]) -> [UInt8] {
    let scalars = self.scalars(text)
    var result: [UInt8] = []
    guard var place = scalars.firstIndex(where: { !joins($0) }) else {
      // The last one is written twice where there is nothing else.
      guard let last = scalars.last else { return [] }
      return bytes(scalars + [last])
    }
    for value in scalars[..<place] { append(value, to: &result) }
    // Capitals behind a capital that begins a word become small, until the first that is none.
    var isCapital = isUpper(scalars[place]), current = upper(scalars[place])
    place += 1
    while place < scalars.count {
      let before = current
      current = scalars[place]
      place += 1
      if joins(before) {
        if joins(current) { append(before, to: &result); continue }
        isCapital = isUpper(current)
        current = upper(current)
        continue
      }
      if isCapital {
        if isUpper(current) { current = lower(current) } else { isCapital = false }
      }
      append(before, to: &result)
    }
    append(current, to: &result)
    return result
  }

  private enum Word { case invalid, number, upper, letters, joint, punctuation, other }

  /// Han characters are letters that make no word with others.
  private static func isAlphabetic(_ value: UInt32) -> Bool {
    guard isLetter(value) else { return false }
    switch value {
    case 0x4E00...0x9FCC, 0x3400...0x4D85, 0x20000...0x2B81D: return false
    default: return true
    }
  }

  /// The words of a text: a run of one kind, where a capital begins a word, and several are a word without the last if
  /// a small letter follows. What is not UTF-8 belongs to the word it stands in.
  private struct Words {
    let text: [UInt8]
    var place = 0

    init(_ text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { place >= text.count }

    /// The next character that is UTF-8, and the end of it.
    private func look(_ place: Int, else before: UInt32) -> (value: UInt32, end: Int) {
      var place = place
      while place < text.count {
        let (value, width) = GoQuote.scalar(text, at: place)
        place += width
        if value != 0xFFFD { return (value, place) }
      }
      return (before, place)
    }

    private func run(_ value: UInt32, _ start: Int, while belongs: (UInt32) -> Bool) -> (value: UInt32, end: Int) {
      var value = value, end = start
      while end < text.count {
        let next = look(end, else: value)
        value = next.value
        guard belongs(value) else { break }
        end = next.end
      }
      return (value, end)
    }

    mutating func next() -> (kind: Word, text: ArraySlice<UInt8>) {
      guard !isAtEnd else { return (.invalid, []) }
      let start = place
      let (value, end) = look(place, else: 0xFFFD)
      defer { place = max(place, start) }
      func word(_ kind: Word, _ end: Int) -> (Word, ArraySlice<UInt8>) {
        place = end
        return (kind, text[start..<end])
      }
      if value == 0xFFFD { return word(.invalid, end) }
      if joins(value) { return word(.joint, run(value, end, while: Text.joins).end) }
      if isPunctuation(value) { return word(.punctuation, run(value, end, while: isPunctuation).end) }
      if isUpper(value) {
        guard end < text.count else { return word(.upper, end) }
        let second = look(end, else: value)
        if isUpper(second.value) {
          var last = end, stop = second.end, value = second.value
          while stop < text.count {
            let next = look(stop, else: value)
            value = next.value
            guard isUpper(value) else { break }
            (last, stop) = (stop, next.end)
          }
          return word(.upper, stop < text.count && isAlphabetic(value) ? last : stop)
        }
        guard isAlphabetic(second.value) else { return word(.upper, end) }
        return word(.upper, run(second.value, second.end) { isAlphabetic($0) && !isUpper($0) }.end)
      }
      if isAlphabetic(value) { return word(.letters, run(value, end) { isAlphabetic($0) && !isUpper($0) }.end) }
      if isNumber(value) { return word(.number, run(value, end, while: isNumber).end) }
      return word(
        .other, run(value, end) { !(joins($0) || isAlphabetic($0) || isNumber($0) || isPunctuation($0)) }.end)
    }
  }

  /// `FirstName` → `first_name`, `HTTP2xx` → `http_2xx`, `Bld4Floor` → `bld4_floor`: snake case, and with another joint
  /// kebab case.
  static func joined(_ text: [UInt8], by joint: UInt32) -> [UInt8] {
    var words = Words(text), result: [UInt8] = []
    func write(_ kind: Word, _ word: ArraySlice<UInt8>) {
      guard kind == .upper || kind == .joint else { result += word; return }
      for value in scalars(word) { append(joins(value) ? joint : isUpper(value) ? lower(value) : value, to: &result) }
    }
    func isWord(_ kind: Word) -> Bool { kind != .joint && kind != .punctuation }
    var (kind, word) = words.next()
    /// Small letters and numbers behind a number belong to it.
    func writeRun() {
      while kind == .letters || kind == .number {
        write(kind, word)
        (kind, word) = words.next()
      }
      if isWord(kind), kind != .invalid { append(joint, to: &result) }
    }
    while !words.isAtEnd {
      if kind != .joint { write(kind, word) }
      let (before, last) = (kind, word)
      (kind, word) = words.next()
      switch before {
      case .number: writeRun()
      case .joint: write(before, last)
      case .punctuation: break
      default:
        guard kind == .number else {
          if isWord(kind) { append(joint, to: &result) }
          continue
        }
        if words.isAtEnd { continue }
        let number = word
        (kind, word) = words.next()
        if kind == .letters {
          append(joint, to: &result)
          result += number
          writeRun()
        } else {
          result += number
          if isWord(kind) { append(joint, to: &result) }
        }
      }
    }
    write(kind, word)
    return result
  }

  // MARK: case of words

  /// strings.Title: the first letter of each word, where anything but letters, digits and `_` ends one.
  static func titled(_ text: [UInt8]) -> [UInt8] {
    var before: UInt32 = 0x20
    return map(text) { value in
      defer { before = value }
      let isInWord =
        before < 0x80
        ? isDigit(before) || isUpper(before) || isLower(before) || before == 0x5F
        : isLetter(before) || isDigit(before) || !isSpace(before)
      return isInWord ? value : title(value)
    }
  }

  /// The first letter of each word in lower case, where white space ends one.
  static func untitled(_ text: [UInt8]) -> [UInt8] {
    var isStart = true
    return map(text) { value in
      if isSpace(value) { isStart = true; return value }
      defer { isStart = false }
      return isStart ? lower(value) : value
    }
  }

  static func swapped(_ text: [UInt8]) -> [UInt8] {
    var isStart = true
    return map(text) { value in
      if isUpper(value) || isTitle(value) { isStart = false; return lower(value) }
      if isLower(value) {
        defer { isStart = false }
        return isStart ? title(value) : upper(value)
      }
      isStart = isSpace(value)
      return value
    }
  }

  // MARK: by bytes

  // These take each byte for a character, as goutils does: é comes out as the two characters Ã ©.

  static func initials(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [], isStart = true
    for byte in text {
      if isSpace(UInt32(byte)) { isStart = true; continue }
      if isStart { append(UInt32(byte), to: &result) }
      isStart = false
    }
    return result
  }

  static func withoutSpace(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { isSpace(UInt32($0)) }) else { return text }
    var result: [UInt8] = []
    for byte in text where !isSpace(UInt32(byte)) { append(UInt32(byte), to: &result) }
    return result
  }

  /// At most `width` bytes, those from `offset` on among them, with `...` where some are missing.
  static func abbreviated(_ text: [UInt8], from offset: Int, to width: Int) -> [UInt8] {
    guard !text.isEmpty, width >= 4 else { return [] }
    guard text.count > width else { return text }
    let dots = Array("...".utf8)
    var offset = min(offset, text.count)
    if text.count - offset < width - 3 { offset = text.count - (width - 3) }
    if offset <= 4 { return Array(text[..<(width - 3)]) + dots }
    guard width >= 7 else { return [] }
    guard offset + width - 3 < text.count else { return dots + text[(text.count - (width - 3))...] }
    return dots + abbreviated(Array(text[offset...]), from: 0, to: width - 3)
  }

  /// Lines of at most `width` bytes, broken at spaces; longer words are kept whole, or cut if `cutsWords`.
  static func wrapped(_ text: [UInt8], at width: Int, by end: [UInt8], cutsWords: Bool) -> [UInt8] {
    let width = max(width, 1), end = end.isEmpty ? [0x0A] : end, space: UInt8 = 0x20
    var result: [UInt8] = [], place = 0
    while text.count - place > width {
      if text[place] == space { place += 1; continue }
      let limit = place + width
      if let last = text[place...limit].lastIndex(of: space) {
        result += text[place..<last]
        place = last + 1
      } else if cutsWords {
        result += text[place..<limit]
        place = limit
      } else if let next = text[limit...].firstIndex(of: space) {
        result += text[place..<next]
        place = next + 1
      } else {
        break
      }
      result += end
    }
    return result + text[place...]
  }
}
