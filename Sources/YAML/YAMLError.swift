/// A text that is not YAML, or more than a file of ours may be.
public struct YAMLError: Error, Equatable, Sendable {
  /// The file as the user would name it; nil when there is none.
  public var file: String?
  /// From 1.
  public var line: Int
  public var column: Int
  public var reason: String

  public init(file: String? = nil, line: Int, column: Int, reason: String) {
    self.file = file
    self.line = line
    self.column = column
    self.reason = reason
  }
}
