/// `scaffold`: what draft-scaffold wrote into the application's directory. Paths are relative to it.
public struct Scaffold: Member, Equatable {
  public static let name = "scaffold"

  public var created: [String]
  /// Files that were there already and stayed as they were.
  public var kept: [String]
  /// Nothing was written: `created` says what would have been.
  public var dryRun: Bool

  public init(created: [String], kept: [String], dryRun: Bool = false) {
    self.created = created
    self.kept = kept
    self.dryRun = dryRun
  }

  public init(_ fields: Fields) throws(RecordError) {
    created = try fields.strings("created")
    kept = try fields.strings("kept")
    dryRun = try fields.optionalBool("dryRun") ?? false
  }

  public var json: JSON { .members(["created": .strings(created), "kept": .strings(kept), "dryRun": dryRun ? .bool(true) : nil]) }
}
