/// `scaffold`: what draft-scaffold wrote into the application's directory.
public struct Scaffold: Member, Equatable {
  public static let name = "scaffold"
  public static let about = About(
    by: "draft-scaffold", for: "people", "The files that were written into the directory; paths are relative to it.")

  public var created: [String]
  public var kept: [String]
  public var dryRun: Bool

  public init(created: [String], kept: [String], dryRun: Bool = false) {
    self.created = created
    self.kept = kept
    self.dryRun = dryRun
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    created = try shape.optional("created", \.created, else: [], "new files")
    kept = try shape.optional("kept", \.kept, else: [], "existing files, which were not changed")
    dryRun = try shape.optional(
      "dryRun", \.dryRun, else: false, sparse: true, "true: nothing was written; created lists what would be written")
  }
}
