/// `change`: what draft-watch saw. A later change of the same application and environment supersedes an earlier one: a
/// stage that finds the later record waiting drops the earlier.
public struct Change: Member, Equatable {
  public static let name = "change"
  public static let about = About(
    by: "draft-watch", for: "every stage", "What has changed in the directory of the application.")

  public var sequence: Int
  public var paths: [String]

  public init(sequence: Int, paths: [String]) {
    self.sequence = sequence
    self.paths = paths
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    sequence = try shape.required("sequence", \.sequence, "0 for the record written at the start, then 1, 2 and so on")
    paths = try shape.optional("paths", \.paths, else: [], "the changed paths, relative to the directory, sorted")
  }
}
