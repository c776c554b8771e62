/// `push`: how the image got into the registry.
public struct Push: Member, Equatable {
  public static let name = "push"
  public static let about = About(by: "draft-push, draft-remote, draft-release", for: "people", "What was pushed.")

  /// `registry/repository@sha256:…`
  public var reference: String
  public var uploaded: Int
  public var mounted: Int
  public var existing: Int

  public init(reference: String, uploaded: Int, mounted: Int, existing: Int) {
    self.reference = reference
    self.uploaded = uploaded
    self.mounted = mounted
    self.existing = existing
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    reference = try shape.required("reference", \.reference, "the image in the registry, by digest")
    uploaded = try shape.optional("uploaded", \.uploaded, else: 0, "bytes sent")
    mounted = try shape.optional("mounted", \.mounted, else: 0, "blobs mounted from another repository")
    existing = try shape.optional("existing", \.existing, else: 0, "blobs that were already there")
  }
}
