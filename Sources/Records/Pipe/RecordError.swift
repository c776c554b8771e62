/// What can be wrong with a stream of records. Each ends the stream with exit code 65, after the lines before it.
public enum RecordError: Error, Equatable, Sendable {
  /// The line is not one JSON object; `column` counts bytes from 1.
  case malformed(line: Int, column: Int, reason: String)
  /// The last line has no line feed, so it may be incomplete.
  case truncated(line: Int)
  /// The record is written in another version of the format.
  case version(line: Int, found: String)
  /// A member that this stage needs is missing or malformed.
  case member(line: Int, name: String, reason: String)
  /// Reading the stream failed.
  case unreadable(errno: Int32)

  /// One sentence for the user, without the program's name.
  public var message: String {
    switch self {
    case let .malformed(line, column, reason): "line \(line), column \(column): \(reason)"
    case let .truncated(line): "line \(line) is truncated: it does not end in a line feed"
    case let .version(line, found):
      "line \(line) is a record of version \(found); this draft reads version \(Record.version)"
    case let .member(line, name, reason):
      line > 0 ? "line \(line): member '\(name)' \(reason)" : "member '\(name)' \(reason)"
    case let .unreadable(errno): "cannot read the records: \(errnoText(errno))"
    }
  }
}
