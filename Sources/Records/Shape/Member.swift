/// A top-level member of a record, as our commands write it. Its fields are declared once, in its initialiser: see
/// ``Shape``. ``Members/all`` lists the members.
public protocol Member: Shaped {
  static var name: String { get }
  static var about: About { get }
}

/// The description of a member in draft-records(5).
public struct About: Sendable {
  /// The commands that write it.
  public let by: String
  /// The readers of the member, in words.
  public let readers: String
  /// A description in whole sentences.
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
  /// The member, or nil if the record does not have it. Throws if its shape is not the one in draft-records(5).
  public func member<M: Member>(_ type: M.Type = M.self) throws(RecordError) -> M? {
    guard let json = try self[M.name] else { return nil }
    guard json.object != nil else { throw .member(line: line, name: M.name, reason: "is not an object") }
    return try M(Fields(json, path: M.name, line: line))
  }

  /// The member; throws if it is missing.
  public func required<M: Member>(_ type: M.Type = M.self) throws(RecordError) -> M {
    guard let member = try member(type) else { throw .member(line: line, name: M.name, reason: "is missing") }
    return member
  }

  public mutating func set<M: Member>(_ member: M) { set(M.name, to: member.json) }
}
