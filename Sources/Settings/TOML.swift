/// A TOML value and its place in the file (https://toml.io/en/v1.0.0).
public struct TOML: Sendable {
  public indirect enum Value: Sendable {
    case string(String)
    case integer(Int)
    case double(Double)
    case bool(Bool)
    /// A date, a time, or both, in RFC 3339 spelling.
    case time(String)
    case array([TOML])
    /// In the order of the file.
    case table([Member])
  }

  /// A key of a table. `place` is the key's, `value.place` the value's.
  public struct Member: Sendable {
    public var key: String
    public var place: Place
    public var value: TOML
  }

  /// A range in the file. Lines and columns count from 1, columns in code points; the end is after the last character.
  public struct Place: Sendable, Equatable {
    public var line: Int
    public var column: Int
    public var endLine: Int
    public var endColumn: Int
  }

  public var value: Value
  public var place: Place

  public var string: String? { if case .string(let text) = value { text } else { nil } }
  public var bool: Bool? { if case .bool(let flag) = value { flag } else { nil } }
  public var integer: Int? { if case .integer(let number) = value { number } else { nil } }
  public var array: [TOML]? { if case .array(let values) = value { values } else { nil } }
  public var members: [Member]? { if case .table(let members) = value { members } else { nil } }

  /// An integer or a float.
  public var number: Double? {
    switch value {
    case .integer(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  public subscript(key: String) -> TOML? { members?.first { $0.key == key }?.value }

  /// The type in words, for a message: `a string`.
  public var kind: String {
    switch value {
    case .string: "a string"
    case .integer, .double: "a number"
    case .bool: "true or false"
    case .time: "a date"
    case .array: "a list"
    case .table: "a table"
    }
  }
}

/// A text that is not valid TOML.
public struct TOMLError: Error, Equatable {
  public var line: Int
  public var column: Int
  public var reason: String
}
