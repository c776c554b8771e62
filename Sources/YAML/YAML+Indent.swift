import CYAML
import Records

extension YAML {
  /// How far blocks are indented.
  package struct Indentation: Sendable {
    /// Of a mapping in a mapping, and of what is below a dash.
    package var mapping: Int
    /// Of the dash of a list in a mapping.
    package var offset: Int

    package init(mapping: Int = 2, offset: Int = 2) { (self.mapping, self.offset) = (mapping, offset) }
  }

  /// The same text with its blocks indented. Only the spaces at the beginning of lines change: comments, quotes, line
  /// ends, markers and the order of everything stay. What follows a dash on its line stays where it is to the dash, so
  /// the spaces after a dash stay as well.
  ///
  /// libyaml's tokens tell where blocks begin; a line that begins no entry moves with the one that it belongs to. The
  /// result is parsed, and is the same to every reader, or this throws.
  /// - Throws: ``YAMLError`` for a text that is not YAML, or that would not be the same.
  package static func indented(_ bytes: [UInt8], by width: Indentation = Indentation(), file: String? = nil)
    throws(YAMLError) -> [UInt8]
  {
    let before = try documents(parsing: bytes, file: file)
    let lines = TextLines(bytes)
    var layout = Layout(lines: lines, width: width)
    try layout.read(bytes, file: file)
    let result = layout.moved()
    guard result != bytes else { return bytes }
    let after = try? documents(parsing: result)
    guard let after, after.count == before.count, zip(before, after).allSatisfy({ isSame($0, $1, 0) }) else {
      throw YAMLError(file: file, line: 1, column: 1, reason: "indented, it would be read as something else")
    }
    return result
  }

  /// Whether two nodes are the same but for their places.
  private static func isSame(_ a: YAML, _ b: YAML, _ depth: Int) -> Bool {
    guard depth <= depthLimit else { return false }
    switch (a.value, b.value) {
    case (.scalar(let x), .scalar(let y)): return x == y
    case (.sequence(let x), .sequence(let y)):
      return x.count == y.count && zip(x, y).allSatisfy { isSame($0, $1, depth + 1) }
    case (.mapping(let x), .mapping(let y)):
      return x.count == y.count
        && zip(x, y).allSatisfy { isSame($0.key, $1.key, depth + 1) && isSame($0.value, $1.value, depth + 1) }
    default: return false
    }
  }
}

/// The lines of a text, and how many spaces each begins with.
private struct TextLines {
  let bytes: [UInt8]
  var starts: [Int] = [0]
  var leads: [Int] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    for at in bytes.indices where bytes[at] == 0x0A && at + 1 < bytes.count { starts.append(at + 1) }
    for start in starts {
      var at = start
      while at < bytes.count, bytes[at] == 0x20 { at += 1 }
      leads.append(at - start)
    }
  }

  func end(_ line: Int) -> Int { line + 1 < starts.count ? starts[line + 1] : bytes.count }

  /// Whether there is nothing in a line but spaces and its end.
  func isBlank(_ line: Int) -> Bool {
    bytes[(starts[line] + leads[line])..<end(line)].allSatisfy { [0x0A, 0x0D, 0x09].contains($0) }
  }

  func isComment(_ line: Int) -> Bool {
    let at = starts[line] + leads[line]
    return at < bytes.count && bytes[at] == UInt8(ascii: "#")
  }
}

private struct Layout {
  private enum Kind { case mapping, sequence, list }

  /// A block. A `list` is a sequence whose dashes are where the keys of the mapping around it are.
  private struct Block {
    var kind: Kind
    var column: Int
  }

  let lines: TextLines
  let width: YAML.Indentation
  /// The new indentation of lines that begin an entry; -1 for others.
  private var leads: [Int]
  /// Lines in block scalars and other scalars of several lines.
  private var isInside: [Bool], isLiteral: [Bool]
  private var blocks: [Block] = []
  private var cursor = 0

  init(lines: TextLines, width: YAML.Indentation) {
    self.lines = lines
    self.width = width
    leads = Array(repeating: -1, count: lines.starts.count)
    isInside = Array(repeating: false, count: lines.starts.count)
    isLiteral = isInside
  }

  mutating func read(_ bytes: [UInt8], file: String?) throws(YAMLError) {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    yaml_parser_initialize(parser)
    defer {
      yaml_parser_delete(parser)
      parser.deallocate()
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    let failure = bytes.withUnsafeBufferPointer { buffer -> YAMLError? in
      yaml_parser_set_input_string(parser, buffer.baseAddress ?? UnsafePointer(bitPattern: 1), buffer.count)
      while true {
        var token = yaml_token_t()
        guard yaml_parser_scan(parser, &token) == 1 else {
          let mark = parser.pointee.problem_mark
          return YAMLError(
            file: file, line: mark.line + 1, column: mark.column + 1,
            reason: parser.pointee.problem.map { String(cString: $0) } ?? "out of memory")
        }
        defer { yaml_token_delete(&token) }
        if token.type == YAML_STREAM_END_TOKEN { return nil }
        take(token)
      }
    }
    if let failure { throw failure }
  }

  private mutating func take(_ token: yaml_token_t) {
    let line = min(token.start_mark.line, leads.count - 1), column = token.start_mark.column
    switch token.type {
    case YAML_DOCUMENT_START_TOKEN, YAML_DOCUMENT_END_TOKEN:
      blocks = []
      leads[line] = 0
    case YAML_BLOCK_MAPPING_START_TOKEN: begin(.mapping, line, column)
    case YAML_BLOCK_SEQUENCE_START_TOKEN: begin(.sequence, line, column)
    case YAML_BLOCK_END_TOKEN:
      if blocks.last?.kind == .list { blocks.removeLast() }
      if !blocks.isEmpty { blocks.removeLast() }
    case YAML_BLOCK_ENTRY_TOKEN:
      if blocks.last?.kind == .mapping { begin(.list, line, column) }
      place(line, column)
    case YAML_KEY_TOKEN, YAML_VALUE_TOKEN:
      // The key of a mapping in a flow collection is not an entry of a block; nor is it at the column of one.
      if blocks.last?.kind == .list, isFirst(line, column), token.type == YAML_KEY_TOKEN, flows == 0 {
        blocks.removeLast()
      }
      if flows == 0 { place(line, column) }
    case YAML_FLOW_SEQUENCE_START_TOKEN, YAML_FLOW_MAPPING_START_TOKEN: flows += 1
    case YAML_FLOW_SEQUENCE_END_TOKEN, YAML_FLOW_MAPPING_END_TOKEN: flows -= 1
    case YAML_SCALAR_TOKEN:
      let style = token.data.scalar.style
      let isBlock = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE
      let end = min(
        isBlock && token.end_mark.column == 0 ? token.end_mark.line - 1 : token.end_mark.line, leads.count - 1)
      guard end > line else { return }
      for inner in (line + 1)...end {
        isInside[inner] = true
        isLiteral[inner] = isBlock
      }
    default: break
    }
  }

  private var flows = 0

  private func isFirst(_ line: Int, _ column: Int) -> Bool { column == lines.leads[line] }

  /// The new column of what is at a column of a line.
  private func column(_ line: Int, _ column: Int) -> Int {
    leads[line] < 0 ? column : leads[line] + column - lines.leads[line]
  }

  private mutating func begin(_ kind: Kind, _ line: Int, _ old: Int) {
    var new: Int
    if !isFirst(line, old) {
      new = column(line, old)
    } else if let outer = blocks.last {
      new = outer.column + (outer.kind == .mapping && kind != .mapping ? width.offset : width.mapping)
    } else {
      new = 0
    }
    if new < 0 { new = 0 }
    blocks.append(Block(kind: kind, column: new))
  }

  /// Notes that an entry of the innermost block is at a column.
  private mutating func place(_ line: Int, _ old: Int) {
    guard isFirst(line, old), leads[line] < 0, let block = blocks.last else { return }
    leads[line] = block.column
  }

  /// The text with all lines moved.
  func moved() -> [UInt8] {
    // By how much the entry after a comment moves.
    var next = Array(repeating: -1, count: leads.count), following = -1
    for line in leads.indices.reversed() {
      next[line] = following
      if leads[line] >= 0 { following = line }
    }
    var out: [UInt8] = [], last = -1
    out.reserveCapacity(lines.bytes.count + lines.bytes.count / 8)
    for line in leads.indices {
      let old = lines.leads[line], shift = last < 0 ? 0 : leads[last] - lines.leads[last]
      var new = old
      if leads[line] >= 0 {
        new = leads[line]
        last = line
      } else if lines.isBlank(line), !(isLiteral[line] && old > 0) {
        new = old
      } else if !isInside[line], lines.isComment(line) {
        let after = next[line]
        let isOfNext = after >= 0 && (last < 0 || old == lines.leads[after] || old <= lines.leads[after])
        new = isOfNext ? old + leads[after] - lines.leads[after] : old + shift
      } else {
        new = old + shift
      }
      out.append(contentsOf: repeatElement(0x20, count: max(0, new)))
      out += lines.bytes[(lines.starts[line] + old)..<lines.end(line)]
    }
    return out
  }
}
