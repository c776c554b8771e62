import Records

/// A text that is not JSON, with its place.
package struct JSONStreamError: Error, Equatable {
  package var line: Int
  package var column: Int
  package var reason: String
}

/// The JSON values of a text, one after the other, with white space between them or none: JSON Lines, or what jq
/// prints.
/// - Parameter body: called with each value.
/// - Throws: ``JSONStreamError``, and what `body` throws.
package func eachJSON(in bytes: [UInt8], _ body: (JSON) throws -> Void) throws {
  var at = 0
  while true {
    while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    guard at < bytes.count else { return }
    let end = endOfValue(bytes, at), value: JSON
    do throws(JSONError) { value = try JSON(parsing: Array(bytes[at..<end])) } catch {
      let place = min(at + error.column - 1, bytes.count), before = bytes[..<place]
      throw JSONStreamError(
        line: before.count { $0 == 0x0A } + 1, column: place - (before.lastIndex(of: 0x0A) ?? -1), reason: error.reason)
    }
    try body(value)
    at = end
  }
}

/// Where the value that begins at an offset ends, if it is JSON.
private func endOfValue(_ bytes: [UInt8], _ start: Int) -> Int {
  var at = start, depth = 0
  while at < bytes.count {
    switch bytes[at] {
    case UInt8(ascii: "\""):
      at += 1
      while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
      at = min(at + 1, bytes.count)
      if depth == 0 { return at }
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      depth += 1
      at += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      at += 1
      if depth <= 0 { return at }
    case 0x20, 0x09, 0x0A, 0x0D:
      if depth == 0 { return at }
      at += 1
    case UInt8(ascii: ","), UInt8(ascii: ":"): at += 1
    default:
      while at < bytes.count, !#"{}[],:" "#.utf8.contains(bytes[at]), ![0x09, 0x0A, 0x0D].contains(bytes[at]) {
        at += 1
      }
      if depth == 0 { return at }
    }
  }
  return at
}
