/// The declaration of a field, for draft-records(5), `draft records` and the schema.
public struct Field: Sendable {
  /// The type of its value.
  public indirect enum Kind: Sendable {
    case string
    /// `sha256:` and 64 hexadecimal digits.
    case digest
    /// One of these words; later versions may have more.
    case word([String])
    case boolean, integer, number
    /// A whole number, 0 or more.
    case count
    case strings
    /// An object of numbers.
    case numbers
    case objects([Field])
    /// Any value.
    case any
  }

  public let name: String
  public let kind: Kind
  /// Readers need it.
  public let isRequired: Bool
  /// The value that readers assume when the field is absent, if any.
  public let absent: JSON?
  /// draft always writes it.
  public let isWritten: Bool
  public let says: String

  init(
    _ name: String, _ kind: Kind, isRequired: Bool = false, absent: JSON? = nil, isWritten: Bool? = nil, _ says: String
  ) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.absent = absent
    self.isWritten = isWritten ?? (isRequired || absent != nil)
    self.says = says
  }

  /// The type for a table: `string, optional`, or `string, else helm` for a field with a default.
  public var type: String {
    if isRequired { return kind.words }
    switch absent {
    case nil, .string(""): return kind.words + ", optional"
    case .array, .object: return kind.words + (isWritten ? "" : ", optional")
    case let absent?: return "\(kind.words), else \(absent.string ?? absent.text)"
    }
  }
}

extension Field.Kind {
  fileprivate var words: String {
    switch self {
    case .string, .digest: "string"
    case .word(let words): words.joined(separator: "|")
    case .boolean: "boolean"
    case .integer, .count: "integer"
    case .number: "number"
    case .strings: "list of strings"
    case .numbers: "object of numbers"
    case .objects: "list of objects"
    case .any: "any value"
    }
  }
}

/// A Swift type that a field can have.
protocol FieldValue: Equatable {
  static var kind: Field.Kind { get }
  /// The type in words, for a message: `is not a string`.
  static var words: String { get }
  static var blank: Self { get }
  init?(_ json: JSON)
  var json: JSON { get }
}

extension String: FieldValue {
  static var kind: Field.Kind { .string }
  static var words: String { "a string" }
  static var blank: String { "" }
  init?(_ json: JSON) { if let value = json.string { self = value } else { return nil } }
  var json: JSON { .string(self) }
}

extension Int: FieldValue {
  static var kind: Field.Kind { .integer }
  static var words: String { "a whole number within 2^53" }
  static var blank: Int { 0 }
  init?(_ json: JSON) { if let value = json.integer { self = value } else { return nil } }
  var json: JSON { .integer(self) }
}

extension Double: FieldValue {
  static var kind: Field.Kind { .number }
  static var words: String { "a number" }
  static var blank: Double { 0 }
  init?(_ json: JSON) { if let value = json.double { self = value } else { return nil } }
  var json: JSON { .number(String(describing: self)) }
}

extension Bool: FieldValue {
  static var kind: Field.Kind { .boolean }
  static var words: String { "true or false" }
  static var blank: Bool { false }
  init?(_ json: JSON) { if let value = json.bool { self = value } else { return nil } }
  var json: JSON { .bool(self) }
}

extension [String]: FieldValue {
  static var kind: Field.Kind { .strings }
  static var words: String { "a list of strings" }
  static var blank: [String] { [] }
  init?(_ json: JSON) {
    guard let array = json.array else { return nil }
    self = array.compactMap(\.string)
    guard count == array.count else { return nil }
  }
  var json: JSON { .strings(self) }
}

extension JSON: FieldValue {
  static var kind: Field.Kind { .any }
  static var words: String { "a value" }
  static var blank: JSON { .null }
  init?(_ json: JSON) { self = json }
  var json: JSON { self }
}
