/// One line of the pipe: one application on its way to one environment.
///
/// The line is kept as the bytes it was read as. Setting a member splices in the new value and changes nothing else, so
/// members of other stages pass byte for byte, spaces and escapes included. Format: draft-records(5).
public struct Record: Sendable {
  /// The version of the format this program reads and writes.
  public static let version = 1

  /// The line without its line feed.
  public private(set) var bytes: [UInt8]
  /// The line number in its stream, from 1; 0 for a record started here.
  public let line: Int
  private var members: [(name: String, value: Range<Int>)]
  private var end: Int

  /// A new record, with only the version in it.
  public init() {
    bytes = Array(#"{"draft":\#(Record.version)}"#.utf8)
    line = 0
    members = [("draft", 9..<bytes.count - 1)]
    end = bytes.count - 1
  }

  /// Checks one line. Throws ``RecordError`` with the line and column of the error.
  public init(_ bytes: [UInt8], line: Int = 1) throws(RecordError) {
    self.bytes = bytes
    self.line = line
    members = []
    end = 0
    try index()
    if let version = try self["draft"], version.integer != Record.version {
      throw .version(line: line, found: version.text)
    }
  }

  private mutating func index() throws(RecordError) {
    do {
      (members, end) = try bytes.withBytes { buffer throws(JSONError) in
        var tokenizer = JSONTokenizer(buffer)
        try tokenizer.run(needsObject: true)
        let members = tokenizer.members.map { member in
          let inside = UnsafeRawBufferPointer(
            rebasing: buffer[(member.name.lowerBound + 1)..<(member.name.upperBound - 1)])
          return (name: String(decoding: JSONString.unescape(inside), as: UTF8.self), value: member.value)
        }
        return (members, tokenizer.object.upperBound - 1)
      }
    } catch {
      throw .malformed(line: line, column: error.column, reason: error.reason)
    }
  }

  public var names: [String] { members.map(\.name) }

  /// Whether the line has a top-level member, of any shape.
  public func has(_ name: String) -> Bool { members.contains { $0.name == name } }

  /// The value of a top-level member; nil if there is none. Throws if it is nested deeper than a member of ours may be.
  public subscript(name: String) -> JSON? {
    get throws(RecordError) {
      guard let member = members.first(where: { $0.name == name }) else { return nil }
      do {
        return try bytes.withBytes { buffer throws(JSONError) in
          try JSON(validated: UnsafeRawBufferPointer(rebasing: buffer[member.value]))
        }
      } catch {
        throw .malformed(line: line, column: member.value.lowerBound + error.column, reason: error.reason)
      }
    }
  }

  /// Replaces the member in place, or adds it after the last one. All other bytes of the line stay as they are.
  public mutating func set(_ name: String, to value: JSON) {
    let new = value.bytes
    if let index = members.firstIndex(where: { $0.name == name }) {
      let old = members[index].value
      bytes.replaceSubrange(old, with: new)
      shift(by: new.count - old.count, from: index + 1)
      members[index].value = old.lowerBound..<(old.lowerBound + new.count)
    } else {
      var inserted: [UInt8] = members.isEmpty ? [] : [UInt8(ascii: ",")]
      JSON.quote(name, to: &inserted)
      inserted.append(UInt8(ascii: ":"))
      // After the last value instead of before the brace, so that white space before the brace stays where it is.
      let place = members.last?.value.upperBound ?? end
      let start = place + inserted.count
      bytes.insert(contentsOf: inserted + new, at: place)
      end += inserted.count + new.count
      members.append((name, start..<(start + new.count)))
    }
  }

  private mutating func shift(by distance: Int, from index: Int) {
    end += distance
    for index in index..<members.count {
      members[index].value = (members[index].value.lowerBound + distance)..<(members[index].value.upperBound + distance)
    }
  }
}
