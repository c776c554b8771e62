import Records

/// The documents of a YAML stream as Kubernetes reads them, as JSON. Empty ones are left out. Throws ``YAMLError``.
package func json(yaml bytes: [UInt8]) throws(YAMLError) -> [JSON] {
  try readingColons(bytes) { bytes throws(YAMLError) in
    try YAML.documents(parsing: bytes).filter { !$0.isNull }.map { JSON($0) }
  }
}

extension YAML {
  /// The first document of a stream as go-yaml reads it; nil if there is none.
  package static func firstForGo(parsing bytes: [UInt8]) throws(YAMLError) -> YAML? {
    try readingColons(bytes) { bytes throws(YAMLError) in try first(parsing: bytes) }
  }
}

private func readingColons<T>(_ bytes: [UInt8], _ read: ([UInt8]) throws(YAMLError) -> T) throws(YAMLError) -> T {
  var bytes = bytes, left = 1_000
  while true {
    do throws(YAMLError) { return try read(bytes) } catch {
      guard left > 0, let quoted = quotingColon(in: bytes, at: error) else { throw error }
      (bytes, left) = (quoted, left - 1)
    }
  }
}

/// The objects in the output of a rendered chart. Each document is parsed by itself, as helm does, and an error names
/// the template it came from: ``YAMLError/file``, with lines counted in that template's output.
package func json(stream: [UInt8]) throws(YAMLError) -> [JSON] {
  var objects: [JSON] = []
  for document in documents(of: stream) {
    do throws(YAMLError) { objects += try json(yaml: Array(document)) } catch {
      let head = document.split(separator: 0x0A, omittingEmptySubsequences: false).lazy
        .map { String(decoding: $0, as: UTF8.self) }.prefix { $0.hasPrefix("#") || $0.hasPrefix("---") }
      guard let source = head.first(where: { $0.hasPrefix("# Source: ") }) else { throw error }
      let file = String(source.dropFirst("# Source: ".count)), line = max(1, error.line - head.count)
      throw YAMLError(file: file, line: line, column: error.column, reason: error.reason)
    }
  }
  return objects
}

/// Splits a stream before each line that starts a document.
private func documents(of stream: [UInt8]) -> [ArraySlice<UInt8>] {
  var documents: [ArraySlice<UInt8>] = [], start = stream.startIndex, line = stream.startIndex
  while line < stream.endIndex {
    let end = stream[line...].firstIndex(of: 0x0A).map { $0 + 1 } ?? stream.endIndex
    let text = stream[line..<end]
    let isMark = text.starts(with: "---".utf8) && text.dropFirst(3).first.map { " \t\r\n".utf8.contains($0) } ?? true
    if isMark, line > start {
      documents.append(stream[start..<line])
      start = line
    }
    line = end
  }
  return documents + [stream[start...]]
}

/// In `{a:,b: x}` the parser of helm and Kubernetes reads a key `a:` without a value. libyaml, which otherwise agrees,
/// reports an error, because it takes the colon as the end of a key. Returns the text with that word in quotes, or nil
/// for any other error.
private func quotingColon(in bytes: [UInt8], at error: YAMLError) -> [UInt8]? {
  guard error.reason.hasPrefix("found unexpected ':'") else { return nil }
  let lines = bytes.split(separator: 0x0A, maxSplits: error.line - 1, omittingEmptySubsequences: false)
  guard lines.count == error.line, let start = lines.last?.startIndex else { return nil }
  // Columns count code points.
  var colon = start, points = error.column - 1
  while points > 0, colon < bytes.endIndex {
    colon += 1
    while colon < bytes.endIndex, bytes[colon] & 0xC0 == 0x80 { colon += 1 }
    points -= 1
  }
  guard colon < bytes.endIndex, bytes[colon] == UInt8(ascii: ":") else { return nil }
  let isIndicator = { (byte: UInt8) in ",?[]{}".utf8.contains(byte) }
  guard colon + 1 < bytes.endIndex, isIndicator(bytes[colon + 1]) else { return nil }
  let line = bytes[start..<colon]
  var word = (line.lastIndex(where: isIndicator) ?? start - 1) + 1
  // Quote the value of a key, not the key.
  let isAfterKey = { (at: Int) in at > word && bytes[at] == 0x20 && bytes[at - 1] == UInt8(ascii: ":") }
  if let space = (word..<colon).last(where: isAfterKey) { word = space }
  while word < colon, bytes[word] == 0x20 || bytes[word] == 0x09 { word += 1 }
  guard word < colon, !bytes[word..<colon].contains(UInt8(ascii: "'")) else { return nil }
  return bytes[..<word] + [UInt8(ascii: "'")] + bytes[word...colon] + [UInt8(ascii: "'")] + bytes[(colon + 1)...]
}

extension JSON {
  /// The value as Kubernetes reads it: merges applied, non-finite numbers as strings.
  package init(_ yaml: YAML) {
    switch yaml.value {
    case .sequence(let items): self = .array(items.map { JSON($0) })
    case .mapping: self = .object(JSON.members(of: yaml))
    case .scalar(let scalar):
      if yaml.isNull {
        self = .null
      } else if let bool = yaml.bool {
        self = .bool(bool)
      } else if let int = yaml.int {
        self = .integer(int)
      } else if let double = yaml.double, double.isFinite {
        self = .number("\(double)")
      } else {
        self = .string(scalar.text)
      }
    }
  }

  /// If a key is repeated, the last one counts; keys merged by `<<` give way to the mapping's own.
  private static func members(of yaml: YAML) -> [(name: String, value: JSON)] {
    var own: [(name: String, value: JSON)] = []
    var places: [String: Int] = [:]
    for member in yaml.mapping ?? [] {
      guard let name = member.key.scalar?.text, !isMerge(member.key) else { continue }
      if let place = places[name] {
        own[place].value = JSON(member.value)
      } else {
        places[name] = own.count
        own.append((name, JSON(member.value)))
      }
    }
    for member in yaml.mapping ?? [] where isMerge(member.key) {
      for merged in member.value.sequence ?? [member.value] {
        for (name, value) in members(of: merged) where places[name] == nil {
          places[name] = own.count
          own.append((name, value))
        }
      }
    }
    return own
  }

  private static func isMerge(_ key: YAML) -> Bool { key.scalar.map { $0.text == "<<" && $0.style == .plain } ?? false }
}
