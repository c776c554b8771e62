/// A top-level member of a record, as one of our commands writes it. The table in draft-records(5) lists them all.
public protocol Member: Sendable {
  static var name: String { get }
  init(_ fields: Fields) throws(RecordError)
  var json: JSON { get }
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

/// The fields of an object being read, with errors that name the field by its path.
public struct Fields: Sendable {
  public let json: JSON
  private let path: String
  private let line: Int

  public init(_ json: JSON, path: String, line: Int = 0) {
    self.json = json
    self.path = path
    self.line = line
  }

  private func fail(_ name: String, _ reason: String) -> RecordError { .member(line: line, name: "\(path).\(name)", reason: reason) }

  private func optional<T>(_ name: String, _ kind: String, _ read: (JSON) -> T?) throws(RecordError) -> T? {
    guard let value = json[name], value != .null else { return nil }
    guard let result = read(value) else { throw fail(name, "is not \(kind)") }
    return result
  }

  public func string(_ name: String) throws(RecordError) -> String {
    guard let value = try optionalString(name) else { throw fail(name, "is missing") }
    return value
  }

  public func optionalString(_ name: String) throws(RecordError) -> String? { try optional(name, "a string", \.string) }

  public func integer(_ name: String) throws(RecordError) -> Int {
    guard let value = try optionalInteger(name) else { throw fail(name, "is missing") }
    return value
  }

  public func optionalInteger(_ name: String) throws(RecordError) -> Int? { try optional(name, "a whole number within 2^53", \.integer) }

  /// How large something is, or how many there are: from 0 on.
  public func count(_ name: String) throws(RecordError) -> Int {
    let value = try integer(name)
    guard value >= 0 else { throw fail(name, "is less than nothing") }
    return value
  }

  public func optionalDouble(_ name: String) throws(RecordError) -> Double? { try optional(name, "a number", \.double) }
  public func optionalBool(_ name: String) throws(RecordError) -> Bool? { try optional(name, "true or false", \.bool) }

  /// A list of strings; an absent one is empty.
  public func strings(_ name: String) throws(RecordError) -> [String] { try optionalStrings(name) ?? [] }

  /// A list of strings, where an absent one says something else than an empty one.
  public func optionalStrings(_ name: String) throws(RecordError) -> [String]? {
    try optional(name, "a list of strings") { value in
      guard let array = value.array else { return nil }
      let strings = array.compactMap(\.string)
      return strings.count == array.count ? strings : nil
    }
  }

  /// A list of objects; an absent one is empty.
  public func objects(_ name: String) throws(RecordError) -> [Fields] {
    let array: [JSON] = try optional(name, "a list of objects") { value in
      guard let array = value.array, array.allSatisfy({ $0.object != nil }) else { return nil }
      return array
    } ?? []
    return array.enumerated().map { Fields($1, path: "\(path).\(name)[\($0)]", line: line) }
  }

  /// An object of strings, in its order; an absent one is empty.
  public func table(_ name: String) throws(RecordError) -> [(name: String, value: String)] {
    try optional(name, "an object of strings") { value in
      guard let members = value.object else { return nil }
      let pairs = members.compactMap { member in member.value.string.map { (name: member.name, value: $0) } }
      return pairs.count == members.count ? pairs : nil
    } ?? []
  }
}
