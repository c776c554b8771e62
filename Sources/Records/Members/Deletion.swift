/// `deletion`: what was removed. Written by draft-delete.
public struct Deletion: Member, Equatable {
  public static let name = "deletion"

  /// False when there was no such release any more.
  public var changed: Bool
  /// `helm` or `podman`.
  public var engine: String
  /// The images removed from this machine, where that was asked for.
  public var images: [String]

  public init(changed: Bool, engine: String, images: [String] = []) {
    self.changed = changed
    self.engine = engine
    self.images = images
  }

  public init(_ fields: Fields) throws(RecordError) {
    changed = try fields.optionalBool("changed") ?? false
    engine = try fields.string("engine")
    images = try fields.strings("images")
  }

  public var json: JSON {
    .members(["changed": .bool(changed), "engine": .string(engine), "images": images.isEmpty ? nil : .strings(images)])
  }
}
