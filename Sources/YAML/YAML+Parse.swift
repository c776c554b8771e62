import CYAML
import Command
import Glibc

/// Safe for any input: `depthLimit` bounds the depth, `aliasLimit` the nodes that aliases expand to, and libyaml keeps
/// no more of the input than one token. An alias shares the nodes of its anchor, so a bomb within the limit costs no
/// memory.
extension YAML {
  static let depthLimit = 100
  static let aliasLimit = 100_000

  /// Parses a text of one document. An empty text is null. Throws ``YAMLError``.
  /// - Parameter file: the file's name, for messages.
  public init(parsing bytes: [UInt8], file: String? = nil) throws(YAMLError) {
    let documents = try YAML.documents(parsing: bytes, file: file)
    guard documents.count <= 1 else {
      throw YAMLError(
        file: file, line: documents[1].start.line, column: documents[1].start.column,
        reason: "expected one document, found a second")
    }
    let start = Place(line: 1, column: 1, offset: 0)
    self =
      documents.first
      ?? YAML(value: .scalar(Scalar(text: "", style: .plain, tag: nil)), start: start, end: start, isAlias: false)
  }

  /// Parses every document of a stream, in order. Empty documents, as between two `---`, are null.
  public static func documents(parsing bytes: [UInt8], file: String? = nil) throws(YAMLError) -> [YAML] {
    try documents(parsing: bytes, file: file, atMost: .max)
  }

  /// Parses the first document of a stream; what follows it is not looked at. nil if there is none.
  package static func first(parsing bytes: [UInt8], file: String? = nil) throws(YAMLError) -> YAML? {
    try documents(parsing: bytes, file: file, atMost: 1).first
  }

  /// Whether the first document is a mapping without anything that needs a second look: no anchors, no tags, no keys
  /// but texts, no float that may not be finite. False also for what is no YAML. It takes half the time of parsing,
  /// because nothing is kept.
  package static func isOrdinary(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { buffer in
      var loader = Loader(buffer)
      defer { loader.free() }
      return (try? loader.isOrdinary()) ?? false
    }
  }

  /// What a path of keys leads to in the first document of a file, which is read piece by piece: only that value is
  /// kept. Anchors outside of it are not known in it. The rest of the document must be YAML as well.
  /// - Parameters:
  ///   - descriptor: open for reading, at the start of the text.
  ///   - limit: how many nodes the value may have.
  /// - Returns: the value, nil if there is none; and how many keys of the path are there.
  /// - Throws: ``YAMLError``.
  package static func value(at path: [String], readingFrom descriptor: Int32, limit: Int, file: String? = nil)
    throws(YAMLError) -> (value: YAML?, keys: Int)
  {
    var loader = Loader(UnsafeBufferPointer(start: nil, count: 0))
    defer { loader.free() }
    do throws(YAMLError) { return try loader.value(at: path, readingFrom: descriptor, limit: limit) } catch {
      throw YAMLError(file: file, line: error.line, column: error.column, reason: error.reason)
    }
  }

  private static func documents(parsing bytes: [UInt8], file: String?, atMost count: Int) throws(YAMLError) -> [YAML] {
    let result: Result<[YAML], YAMLError> = bytes.withUnsafeBufferPointer { buffer in
      var loader = Loader(buffer)
      defer { loader.free() }
      do throws(YAMLError) { return .success(try loader.documents(atMost: count)) } catch { return .failure(error) }
    }
    do throws(YAMLError) { return try result.get() } catch {
      var error = error
      error.file = file
      throw error
    }
  }
}

extension YAML {
  /// Some fields of a mapping in a list: the text of each scalar, and of the scalars in each list.
  package struct Item {
    private var bytes: [UInt8] = []
    private var spans: [(field: Int, range: Range<Int>)] = []

    fileprivate mutating func clear() {
      bytes.removeAll(keepingCapacity: true)
      spans.removeAll(keepingCapacity: true)
    }

    fileprivate mutating func add(_ text: UnsafeBufferPointer<UInt8>, _ field: Int) {
      spans.append((field, bytes.count..<bytes.count + text.count))
      bytes += text
    }

    /// The text of a field, by its number; nil if it is not there. If a key is repeated, the last one counts.
    package func text(_ field: Int) -> ArraySlice<UInt8>? {
      spans.last { $0.field == field }.map { bytes[$0.range] }
    }

    /// The texts of a field that is a list.
    package func texts(_ field: Int) -> [ArraySlice<UInt8>] {
      spans.filter { $0.field == field }.map { bytes[$0.range] }
    }
  }

  /// Goes through a mapping of lists, as `entries` of a chart repository's index is one, in the first document of a
  /// file that is read piece by piece. No more than one item is ever held. Aliases are not followed: they count as
  /// absent.
  /// - Parameters:
  ///   - key: of the mapping, in the document.
  ///   - fields: what is kept of each item, by name.
  ///   - descriptor: open for reading, at the start of the text.
  ///   - body: called with each key of the mapping and no item, then with each item of its list.
  /// - Returns: the first hundred keys of the document.
  /// - Throws: ``YAMLError``, and what the body throws.
  package static func items(
    at key: String, fields: [String], readingFrom descriptor: Int32,
    _ body: (_ key: [UInt8], _ item: Item?) throws -> Void
  ) throws -> [String] {
    var loader = Loader(UnsafeBufferPointer(start: nil, count: 0))
    defer { loader.free() }
    return try loader.items(at: key, fields: fields, readingFrom: descriptor, body)
  }
}

private struct Loader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private var anchors: [String: (node: YAML, count: Int, height: Int)] = [:]
  /// Anchors of nodes that are still being read.
  private var open: Set<String> = []
  private var nodes = 0
  private var nodeLimit = Int.max
  private var aliased = 0
  /// The deepest level below the node being read, aliases included: nested aliases must not exceed the limit in sum.
  private var deepest = 0
  /// The position up to which code points, which libyaml counts, have been matched to bytes.
  private var cursor = (points: 0, offset: 0)

  /// Whether a code point is a byte.
  private let isASCII: Bool

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    isASCII = bytes.allSatisfy { $0 < 0x80 }
    parser = .allocate(capacity: 1)
    yaml_parser_initialize(parser)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress ?? UnsafePointer(bitPattern: 1), bytes.count)
  }

  func free() {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  mutating func documents(atMost count: Int) throws(YAMLError) -> [YAML] {
    var documents: [YAML] = []
    while true {
      var event = try next()
      defer { yaml_event_delete(&event) }
      switch event.type {
      case YAML_DOCUMENT_START_EVENT:
        anchors = [:]
        var first = try next()
        defer { yaml_event_delete(&first) }
        documents.append(try node(first, depth: 0))
      case YAML_STREAM_END_EVENT: return documents
      case YAML_DOCUMENT_END_EVENT where documents.count == count: return documents
      default: break
      }
    }
  }

  /// See ``YAML/isOrdinary(_:)``.
  mutating func isOrdinary() throws(YAMLError) -> Bool {
    /// Whether a scalar must be looked at more closely: a float may not be finite.
    func isOdd(_ event: yaml_event_t) -> Bool {
      let raw = event.data.scalar
      if raw.anchor != nil || raw.tag != nil { return true }
      guard raw.style == YAML_PLAIN_SCALAR_STYLE, let text = raw.value, raw.length > 0 else { return false }
      guard [0x2E, 0x2B, 0x2D].contains(text[0]) || (0x30...0x39).contains(text[0]) else { return false }
      return (0..<raw.length).contains { [0x65, 0x45, 0x6E, 0x4E].contains(text[$0]) }
        && (0..<raw.length).contains { text[$0] == 0x2E }
    }
    func isOddKey(_ event: yaml_event_t) -> Bool {
      guard event.type == YAML_SCALAR_EVENT else { return true }
      let raw = event.data.scalar, text = UnsafeBufferPointer(start: raw.value, count: raw.length)
      guard raw.style == YAML_PLAIN_SCALAR_STYLE, text.count < 5 else { return false }
      return ["", "~", "<<", "null", "Null", "NULL"].contains { text.elementsEqual($0.utf8) }
    }
    var type = YAML_STREAM_START_EVENT
    while type != YAML_DOCUMENT_START_EVENT {
      var event = try next()
      type = event.type
      yaml_event_delete(&event)
      // No document at all.
      if type == YAML_STREAM_END_EVENT { return false }
    }
    /// For each level whether it is a mapping, and whether its next node is a key.
    var levels: [(isMapping: Bool, isKey: Bool)] = []
    while true {
      var event = try next()
      defer { yaml_event_delete(&event) }
      if let level = levels.last, level.isMapping {
        if level.isKey, event.type != YAML_MAPPING_END_EVENT, isOddKey(event) { return false }
        levels[levels.count - 1].isKey.toggle()
      }
      switch event.type {
      case YAML_MAPPING_START_EVENT:
        if event.data.mapping_start.anchor != nil || event.data.mapping_start.tag != nil { return false }
        levels.append((true, true))
      case YAML_SEQUENCE_START_EVENT:
        if levels.isEmpty || event.data.sequence_start.anchor != nil || event.data.sequence_start.tag != nil {
          return false
        }
        levels.append((false, false))
      case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: levels.removeLast()
      case YAML_SCALAR_EVENT: if levels.isEmpty || isOdd(event) { return false }
      default: return false
      }
      guard levels.count < YAML.depthLimit else { return false }
      // The end of the document, or what keeps it from being one.
      if levels.isEmpty {
        var end = try next()
        defer { yaml_event_delete(&end) }
        return end.type == YAML_DOCUMENT_END_EVENT
      }
    }
  }

  mutating func value(at path: [String], readingFrom descriptor: Int32, limit: Int) throws(YAMLError) -> (
    value: YAML?, keys: Int
  ) {
    nodeLimit = limit
    read(from: descriptor)
    var found: (value: YAML?, keys: Int) = (nil, 0)
    while true {
      var event = try next()
      defer { yaml_event_delete(&event) }
      switch event.type {
      case YAML_DOCUMENT_START_EVENT:
        var first = try next()
        defer { yaml_event_delete(&first) }
        try descend(first, path[...], 0, &found)
      case YAML_DOCUMENT_END_EVENT, YAML_STREAM_END_EVENT: return found
      default: break
      }
    }
  }

  /// Takes the text from an open file, piece by piece.
  private func read(from descriptor: Int32) {
    yaml_parser_delete(parser)
    yaml_parser_initialize(parser)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    let context = UnsafeMutableRawPointer(bitPattern: Int(descriptor) + 1)
    yaml_parser_set_input(
      parser,
      { context, buffer, size, count in
        let descriptor = Int32(Int(bitPattern: context) - 1)
        let read = uninterrupted { Glibc.read(descriptor, buffer, size) }
        count?.pointee = max(0, read)
        return read < 0 ? 0 : 1
      }, context)
  }

  mutating func items(
    at key: String, fields: [String], readingFrom descriptor: Int32,
    _ body: (_ key: [UInt8], _ item: YAML.Item?) throws -> Void
  ) throws -> [String] {
    read(from: descriptor)
    var keys: [String] = []
    let names = fields.map { Array($0.utf8) }
    while true {
      var event = try next()
      defer { yaml_event_delete(&event) }
      switch event.type {
      case YAML_DOCUMENT_START_EVENT:
        var first = try next()
        defer { yaml_event_delete(&first) }
        try members(of: first) { loader, name, value in
          if keys.count < 100 { keys.append(String(decoding: name, as: UTF8.self)) }
          guard name.elementsEqual(key.utf8) else { return try loader.skip(value) }
          try loader.members(of: value) { loader, name, list in
            let name = Array(name)
            try body(name, nil)
            guard list.type == YAML_SEQUENCE_START_EVENT else { return try loader.skip(list) }
            var item = YAML.Item()
            while true {
              var entry = try loader.next()
              defer { yaml_event_delete(&entry) }
              if entry.type == YAML_SEQUENCE_END_EVENT { return }
              item.clear()
              try loader.members(of: entry) { loader, name, value in
                guard let field = names.firstIndex(where: { $0.elementsEqual(name) }) else {
                  return try loader.skip(value)
                }
                try loader.take(value, as: field, &item)
              }
              try body(name, item)
            }
          }
        }
      case YAML_DOCUMENT_END_EVENT, YAML_STREAM_END_EVENT: return keys
      default: break
      }
    }
  }

  /// Calls the body with each key of a mapping that is a scalar, and the first event of its value, the rest of which
  /// the body reads. Of anything else, reads to the end.
  private mutating func members(
    of event: yaml_event_t,
    _ body: (inout Loader, UnsafeBufferPointer<UInt8>, yaml_event_t) throws -> Void
  ) throws {
    guard event.type == YAML_MAPPING_START_EVENT else { return try skip(event) }
    while true {
      var key = try next()
      defer { yaml_event_delete(&key) }
      if key.type == YAML_MAPPING_END_EVENT { return }
      if key.type != YAML_SCALAR_EVENT { try skip(key) }
      var value = try next()
      defer { yaml_event_delete(&value) }
      guard key.type == YAML_SCALAR_EVENT else {
        try skip(value)
        continue
      }
      let raw = key.data.scalar
      try body(&self, UnsafeBufferPointer(start: raw.value, count: raw.length), value)
    }
  }

  /// Keeps a scalar, or the scalars of a list.
  private mutating func take(_ event: yaml_event_t, as field: Int, _ item: inout YAML.Item) throws(YAMLError) {
    func keep(_ event: yaml_event_t) {
      let raw = event.data.scalar
      item.add(UnsafeBufferPointer(start: raw.value, count: raw.length), field)
    }
    if event.type == YAML_SCALAR_EVENT { return keep(event) }
    guard event.type == YAML_SEQUENCE_START_EVENT else { return try skip(event) }
    while true {
      var element = try next()
      defer { yaml_event_delete(&element) }
      if element.type == YAML_SEQUENCE_END_EVENT { return }
      if element.type == YAML_SCALAR_EVENT { keep(element) } else { try skip(element) }
    }
  }

  private mutating func descend(
    _ event: yaml_event_t, _ path: ArraySlice<String>, _ depth: Int, _ found: inout (value: YAML?, keys: Int)
  ) throws(YAMLError) {
    guard let wanted = path.first else {
      found.value = try node(event, depth: depth)
      return
    }
    guard event.type == YAML_MAPPING_START_EVENT else { return try skip(event) }
    while true {
      var key = try next()
      defer { yaml_event_delete(&key) }
      if key.type == YAML_MAPPING_END_EVENT { return }
      let raw = key.data.scalar
      let isWanted =
        key.type == YAML_SCALAR_EVENT
        && UnsafeBufferPointer(start: raw.value, count: raw.length).elementsEqual(wanted.utf8)
      if key.type != YAML_SCALAR_EVENT { try skip(key) }
      var value = try next()
      defer { yaml_event_delete(&value) }
      guard isWanted else {
        try skip(value)
        continue
      }
      found.keys = max(found.keys, depth + 1)
      try descend(value, path.dropFirst(), depth + 1, &found)
    }
  }

  /// Reads to the end of a node without keeping it.
  private mutating func skip(_ event: yaml_event_t) throws(YAMLError) {
    var (type, depth, mark) = (event.type, 0, event.start_mark)
    while true {
      switch type {
      case YAML_MAPPING_START_EVENT, YAML_SEQUENCE_START_EVENT: depth += 1
      case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: depth -= 1
      default: break
      }
      if depth == 0 { return }
      guard depth < YAML.depthLimit else {
        throw YAMLError(
          line: mark.line + 1, column: mark.column + 1, reason: "nested deeper than \(YAML.depthLimit) levels")
      }
      var event = try next()
      (type, mark) = (event.type, event.start_mark)
      yaml_event_delete(&event)
    }
  }

  private mutating func next() throws(YAMLError) -> yaml_event_t {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw error() }
    return event
  }

  private func error() -> YAMLError {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
    if parser.pointee.error == YAML_READER_ERROR {
      // The reader's positions are byte offsets; count the lines.
      let before = bytes.prefix(parser.pointee.problem_offset)
      let column = before.reversed().prefix { $0 != 10 }.count { $0 & 0xC0 != 0x80 }
      var error = YAMLError(line: before.count { $0 == 10 } + 1, column: column + 1, reason: problem)
      error.goText = "yaml: \(problem)"
      return error
    }
    let context = parser.pointee.context.map { " " + String(cString: $0) } ?? ""
    let mark = parser.pointee.problem_mark
    var error = YAMLError(line: mark.line + 1, column: mark.column + 1, reason: problem + context)
    // go-yaml counts from 0, save for what its scanner finds.
    let line =
      mark.line != 0
      ? mark.line + (parser.pointee.error == YAML_SCANNER_ERROR ? 1 : 0) : parser.pointee.context_mark.line
    error.goText = "yaml: \(line == 0 ? "" : "line \(line): ")\(problem)"
    return error
  }

  private func fail(_ event: yaml_event_t, _ reason: String) -> YAMLError {
    YAMLError(line: event.start_mark.line + 1, column: event.start_mark.column + 1, reason: reason)
  }

  private mutating func place(_ mark: yaml_mark_t) -> YAML.Place {
    if isASCII { return YAML.Place(line: mark.line + 1, column: mark.column + 1, offset: min(mark.index, bytes.count)) }
    while cursor.points < mark.index, cursor.offset < bytes.count {
      cursor.offset += 1
      while cursor.offset < bytes.count, bytes[cursor.offset] & 0xC0 == 0x80 { cursor.offset += 1 }
      cursor.points += 1
    }
    while cursor.points > mark.index, cursor.offset > 0 {
      cursor.offset -= 1
      while cursor.offset > 0, bytes[cursor.offset] & 0xC0 == 0x80 { cursor.offset -= 1 }
      cursor.points -= 1
    }
    return YAML.Place(line: mark.line + 1, column: mark.column + 1, offset: cursor.offset)
  }

  private mutating func node(_ event: yaml_event_t, depth: Int) throws(YAMLError) -> YAML {
    guard depth < YAML.depthLimit else { throw fail(event, "nested deeper than \(YAML.depthLimit) levels") }
    let start = place(event.start_mark)
    let before = nodes
    nodes += 1
    guard nodes <= nodeLimit else { throw fail(event, "more than \(nodeLimit) values") }
    let outer = deepest
    deepest = depth
    defer { deepest = max(outer, deepest) }
    switch event.type {
    case YAML_ALIAS_EVENT: return try alias(event, start, depth)
    case YAML_SCALAR_EVENT:
      let raw = event.data.scalar
      let text = String(decoding: UnsafeBufferPointer(start: raw.value, count: raw.length), as: UTF8.self)
      let scalar = YAML.Scalar(text: text, style: style(raw.style), tag: string(raw.tag))
      let node = YAML(value: .scalar(scalar), start: start, end: place(event.end_mark), isAlias: false)
      if let anchor = string(raw.anchor) { anchors[anchor] = (node, 1, 0) }
      return node
    case YAML_SEQUENCE_START_EVENT:
      let anchor = string(event.data.sequence_start.anchor)
      if let anchor { open.insert(anchor) }
      var items: [YAML] = []
      while true {
        var item = try next()
        defer { yaml_event_delete(&item) }
        if item.type == YAML_SEQUENCE_END_EVENT {
          return keep(
            YAML(value: .sequence(items), start: start, end: place(item.end_mark), isAlias: false), anchor,
            nodes - before, deepest - depth)
        }
        items.append(try node(item, depth: depth + 1))
      }
    default:
      let anchor = string(event.data.mapping_start.anchor)
      if let anchor { open.insert(anchor) }
      var members: [YAML.Member] = []
      while true {
        var key = try next()
        defer { yaml_event_delete(&key) }
        if key.type == YAML_MAPPING_END_EVENT {
          return keep(
            YAML(value: .mapping(members), start: start, end: place(key.end_mark), isAlias: false), anchor,
            nodes - before, deepest - depth)
        }
        let name = try node(key, depth: depth + 1)
        var value = try next()
        defer { yaml_event_delete(&value) }
        members.append(YAML.Member(key: name, value: try node(value, depth: depth + 1)))
      }
    }
  }

  private mutating func keep(_ node: YAML, _ anchor: String?, _ count: Int, _ height: Int) -> YAML {
    if let anchor {
      open.remove(anchor)
      anchors[anchor] = (node, count, height)
    }
    return node
  }

  private mutating func alias(_ event: yaml_event_t, _ start: YAML.Place, _ depth: Int) throws(YAMLError) -> YAML {
    let name = string(event.data.alias.anchor) ?? ""
    guard !open.contains(name) else { throw fail(event, "alias '\(name)' is inside its own anchor") }
    guard let (anchored, count, height) = anchors[name] else {
      var error = fail(event, "alias '\(name)' has no anchor")
      error.goText = "yaml: unknown anchor '\(name)' referenced"
      throw error
    }
    guard depth + height < YAML.depthLimit else { throw fail(event, "nested deeper than \(YAML.depthLimit) levels") }
    deepest = depth + height
    aliased += count
    guard aliased <= YAML.aliasLimit else { throw fail(event, "aliases expand to more than \(YAML.aliasLimit) values") }
    nodes += count - 1
    return YAML(value: anchored.value, start: start, end: place(event.end_mark), isAlias: true)
  }

  private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? { text.map { String(cString: $0) } }

  private func style(_ style: yaml_scalar_style_t) -> YAML.Scalar.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }
}
