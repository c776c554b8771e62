/// `change`: what draft-watch saw. A line with a change is superseded by a later one of the same application and environment:
/// a stage that finds the later one waiting drops the earlier.
public struct Change: Member, Equatable {
  public static let name = "change"

  /// 0 for the line written when watching starts, then 1, 2, …
  public var sequence: Int
  /// Paths relative to the application's directory, sorted.
  public var paths: [String]

  public init(sequence: Int, paths: [String]) {
    self.sequence = sequence
    self.paths = paths
  }

  public init(_ fields: Fields) throws(RecordError) {
    sequence = try fields.integer("sequence")
    paths = try fields.strings("paths")
  }

  public var json: JSON { .members(["sequence": .integer(sequence), "paths": .strings(paths)]) }
}
