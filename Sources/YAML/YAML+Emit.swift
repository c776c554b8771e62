import CYAML
import Records

extension YAML {
  /// A value as the YAML that helm, kubectl and every other user of sigs.k8s.io/yaml writes for it, by libyaml's own
  /// emitter: keys in natural order, a text in quotes where it would be read as anything else, lines broken after 80
  /// columns.
  package static func text(_ json: JSON) -> [UInt8] {
    let emitter = UnsafeMutablePointer<yaml_emitter_t>.allocate(capacity: 1)
    defer { emitter.deallocate() }
    yaml_emitter_initialize(emitter)
    defer { yaml_emitter_delete(emitter) }
    yaml_emitter_set_unicode(emitter, 1)
    let output = Output()
    return withExtendedLifetime(output) {
      yaml_emitter_set_output(
        emitter,
        { context, bytes, count in
          guard let context, let bytes else { return 0 }
          Unmanaged<Output>.fromOpaque(context).takeUnretainedValue().bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
          return 1
        }, Unmanaged.passUnretained(output).toOpaque())
      var event = yaml_event_t()
      yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)
      yaml_emitter_emit(emitter, &event)
      yaml_document_start_event_initialize(&event, nil, nil, nil, 1)
      yaml_emitter_emit(emitter, &event)
      emit(json, emitter)
      yaml_document_end_event_initialize(&event, 1)
      yaml_emitter_emit(emitter, &event)
      // After a text that keeps its line ends libyaml would write `...`, which go-yaml does not.
      emitter.pointee.open_ended = 0
      yaml_stream_end_event_initialize(&event)
      yaml_emitter_emit(emitter, &event)
      yaml_emitter_flush(emitter)
      return output.bytes
    }
  }

  private final class Output { var bytes: [UInt8] = [] }

  private static func emit(_ json: JSON, _ emitter: UnsafeMutablePointer<yaml_emitter_t>) {
    var event = yaml_event_t()
    if let members = json.object {
      yaml_mapping_start_event_initialize(&event, nil, nil, 1, members.isEmpty ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE)
      yaml_emitter_emit(emitter, &event)
      for member in members.sorted(by: { isNaturallyBefore($0.name, $1.name) }) {
        emit(scalar: member.name, style: style(of: member.name), emitter)
        emit(member.value, emitter)
      }
      yaml_mapping_end_event_initialize(&event)
      yaml_emitter_emit(emitter, &event)
    } else if let items = json.array {
      yaml_sequence_start_event_initialize(&event, nil, nil, 1, items.isEmpty ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE)
      yaml_emitter_emit(emitter, &event)
      for item in items { emit(item, emitter) }
      yaml_sequence_end_event_initialize(&event)
      yaml_emitter_emit(emitter, &event)
    } else if let string = json.string {
      emit(scalar: string, style: style(of: string), emitter)
    } else {
      emit(scalar: json.text, style: YAML_PLAIN_SCALAR_STYLE, emitter)
    }
  }

  private static func emit(scalar text: String, style: yaml_scalar_style_t, _ emitter: UnsafeMutablePointer<yaml_emitter_t>) {
    var event = yaml_event_t()
    var text = text
    text.withUTF8 { bytes in
      // An empty text may have no address.
      _ = withUnsafePointer(to: UInt8(0)) { none in
        yaml_scalar_event_initialize(&event, nil, nil, bytes.baseAddress ?? none, Int32(clamping: bytes.count), 1, 1, style)
      }
    }
    yaml_emitter_emit(emitter, &event)
  }

  private static func style(of text: String) -> yaml_scalar_style_t {
    if text.utf8.contains(0x0A) { return YAML_LITERAL_SCALAR_STYLE }
    return isPlainText(text) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE
  }

  /// Whether a text stays one when it is written without quotes.
  private static func isPlainText(_ text: String) -> Bool {
    let start = Place(line: 1, column: 1, offset: 0)
    let plain = YAML(value: .scalar(Scalar(text: text, style: .plain, tag: nil)), start: start, end: start, isAlias: false)
    return plain.string != nil && !isSexagesimal(text) && !isTime(text)
  }

  /// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: a number in YAML 1.1, which other parsers read.
  private static func isSexagesimal(_ text: String) -> Bool {
    guard text.utf8.contains(UInt8(ascii: ":")) else { return false }
    var rest = Array(text.utf8)[...]
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    guard let first = rest.first, isDigit(first) else { return false }
    let parts = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts[0].allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") }) else { return false }
    for (index, part) in parts.dropFirst().enumerated() {
      var part = part
      if index == parts.count - 2, let dot = part.firstIndex(of: UInt8(ascii: ".")) {
        guard part[(dot + 1)...].allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") }) else { return false }
        part = part[..<dot]
      }
      guard (1...2).contains(part.count), part.allSatisfy(isDigit), part.count == 1 || part.first! < UInt8(ascii: "6") else { return false }
    }
    return true
  }

  /// A date, alone or with a time, in the forms that go-yaml takes for a time stamp.
  private static func isTime(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    func number(_ digits: ClosedRange<Int>, _ values: ClosedRange<Int>) -> Int? {
      let word = rest.prefix(digits.upperBound).prefix { (0x30...0x39).contains($0) }
      guard word.count >= digits.lowerBound, let value = Int(String(decoding: word, as: UTF8.self)), values.contains(value) else { return nil }
      rest = rest.dropFirst(word.count)
      return value
    }
    func sign(_ signs: String) -> UInt8? {
      guard let first = rest.first, signs.utf8.contains(first) else { return nil }
      rest.removeFirst()
      return first
    }
    guard let year = number(4...4, 0...9999), sign("-") != nil, let month = number(1...2, 1...12), sign("-") != nil, let day = number(1...2, 1...31) else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    guard day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] else { return false }
    if rest.isEmpty { return true }
    guard let between = sign("Tt "), number(1...2, 0...23) != nil, sign(":") != nil, number(1...2, 0...59) != nil, sign(":") != nil, number(1...2, 0...59) != nil else { return false }
    if sign(".,") != nil {
      let fraction = rest.prefix { (0x30...0x39).contains($0) }
      guard !fraction.isEmpty else { return false }
      rest = rest.dropFirst(fraction.count)
    }
    if between == 0x20 { return rest.isEmpty }
    if sign("Z") != nil { return rest.isEmpty }
    return sign("+-") != nil && number(2...2, 0...24) != nil && sign(":") != nil && number(2...2, 0...60) != nil && rest.isEmpty
  }

  /// go-yaml's order of keys: `a2` before `a10`, signs before letters.
  package static func isNaturallyBefore(_ a: String, _ b: String) -> Bool {
    let a = Array(a.unicodeScalars), b = Array(b.unicodeScalars)
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
