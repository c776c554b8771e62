/// The fields of an object being read; errors name the field by its path.
public struct Fields: Sendable {
  let json: JSON
  private let path: String
  private let line: Int

  public init(_ json: JSON, path: String, line: Int = 0) {
    self.json = json
    self.path = path
    self.line = line
  }

  private func fail(_ name: String, _ reason: String) -> RecordError {
    .member(line: line, name: "\(path).\(name)", reason: reason)
  }

  /// nil if the field is absent or null.
  func optional<V: FieldValue>(_ name: String) throws(RecordError) -> V? {
    guard let value = json[name], value != .null else { return nil }
    guard let result = V(value) else { throw fail(name, "is not \(V.words)") }
    return result
  }

  func required<V: FieldValue>(_ name: String) throws(RecordError) -> V {
    guard let value: V = try optional(name) else { throw fail(name, "is missing") }
    return value
  }

  /// A size or a count: 0 or more.
  func count(_ name: String) throws(RecordError) -> Int {
    let value: Int = try required(name)
    guard value >= 0 else { throw fail(name, "is negative") }
    return value
  }

  /// A list of objects; empty if absent.
  func objects(_ name: String) throws(RecordError) -> [Fields] {
    guard let value = json[name], value != .null else { return [] }
    guard let array = value.array, array.allSatisfy({ $0.object != nil }) else {
      throw fail(name, "is not a list of objects")
    }
    return array.enumerated().map { Fields($1, path: "\(path).\(name)[\($0)]", line: line) }
  }
}
