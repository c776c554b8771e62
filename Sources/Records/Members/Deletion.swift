/// `deletion`: what was removed.
public struct Deletion: Member, Equatable {
  public static let name = "deletion"
  public static let about = About(by: "draft-delete", for: "people", "What was deleted.")

  public var changed: Bool
  public var engine: String
  public var images: [String]

  public init(changed: Bool, engine: String, images: [String] = []) {
    self.changed = changed
    self.engine = engine
    self.images = images
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    changed = try shape.optional("changed", \.changed, else: false, "false if there was no release")
    engine = try shape.required("engine", \.engine, as: .word(["helm", "podman"]), "the engine that ran the release")
    images = try shape.optional(
      "images", \.images, else: [], sparse: true, "the images that were removed from this machine")
  }
}
