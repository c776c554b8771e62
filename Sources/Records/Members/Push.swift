/// `push`: what it took to have the image in the registry. Written by draft-push.
public struct Push: Member, Equatable {
  public static let name = "push"

  /// `registry/repository@sha256:…`
  public var reference: String
  /// Bytes sent.
  public var uploaded: Int
  /// Blobs taken over from another repository of the registry.
  public var mounted: Int
  /// Blobs that were there already.
  public var existing: Int

  public init(reference: String, uploaded: Int, mounted: Int, existing: Int) {
    self.reference = reference
    self.uploaded = uploaded
    self.mounted = mounted
    self.existing = existing
  }

  public init(_ fields: Fields) throws(RecordError) {
    reference = try fields.string("reference")
    uploaded = try fields.optionalInteger("uploaded") ?? 0
    mounted = try fields.optionalInteger("mounted") ?? 0
    existing = try fields.optionalInteger("existing") ?? 0
  }

  public var json: JSON {
    .members(["reference": .string(reference), "uploaded": .integer(uploaded), "mounted": .integer(mounted), "existing": .integer(existing)])
  }
}
