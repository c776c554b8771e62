/// A top-level member of a record, as one of our commands writes it. Its fields are declared once, in its initialiser: see
/// ``Shape``. ``Members/all`` lists them.
public protocol Member: Shaped {
  static var name: String { get }
  static var about: About { get }
}

/// What draft-records(5) says of a member as a whole.
public struct About: Sendable {
  /// The commands that write it.
  public let by: String
  /// Who reads it.
  public let readers: String
  /// What it is, in sentences.
  public let says: String

  init(by: String, for readers: String, _ says: String) {
    self.by = by
    self.readers = readers
    self.says = says
  }

  /// The first sentence, without its full stop, for a table.
  public var phrase: String { String(says.firstRange(of: ". ").map { says[..<$0.lowerBound] } ?? says.dropLast()) }
}

extension Record {
  /// The member, or nil when the line has none. Throws when its shape is not the one draft-records(5) gives.
  public func member<M: Member>(_ type: M.Type = M.self) throws(RecordError) -> M? {
    guard let json = try self[M.name] else { return nil }
    guard json.object != nil else { throw .member(line: line, name: M.name, reason: "is not an object") }
    return try M(Fields(json, path: M.name, line: line))
  }

  /// The member, which the stage cannot do without.
  public func required<M: Member>(_ type: M.Type = M.self) throws(RecordError) -> M {
    guard let member = try member(type) else { throw .member(line: line, name: M.name, reason: "is missing") }
    return member
  }

  public mutating func set<M: Member>(_ member: M) { set(M.name, to: member.json) }
}
