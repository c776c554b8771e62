/// A text that is not YAML, or that exceeds the limits.
public struct YAMLError: Error, Equatable, Sendable {
  /// The file's name, for the user; nil if it has none.
  public var file: String?
  /// From 1.
  public var line: Int
  public var column: Int
  public var reason: String
  /// What go-yaml says of it: `yaml: line 2: did not find expected key`.
  package var goText = ""

  public init(file: String? = nil, line: Int, column: Int, reason: String) {
    self.file = file
    self.line = line
    self.column = column
    self.reason = reason
  }
}
