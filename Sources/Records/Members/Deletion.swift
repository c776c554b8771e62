/// `deletion`: what was removed.
public struct Deletion: Member, Equatable {
  public static let name = "deletion"
  public static let about = About(by: "draft-delete", for: "people", "What was removed.")

  public var changed: Bool
  public var engine: String
  public var images: [String]

  public init(changed: Bool, engine: String, images: [String] = []) {
    self.changed = changed
    self.engine = engine
    self.images = images
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    changed = try shape.optional("changed", \.changed, else: false, "false when there was no release any more")
    engine = try shape.required("engine", \.engine, as: .word(["helm", "podman"]), "what ran it")
    images = try shape.optional("images", \.images, else: [], sparse: true, "the images removed from this machine")
  }
}
