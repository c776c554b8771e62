/// `publish`: where the chart in `chart` was published.
public struct Publish: Member, Equatable {
  public static let name = "publish"
  public static let about = About(
    by: "draft-publish", for: "people", "Where the chart in 'chart' was published, and who signed it.")

  /// The directory or the archive.
  public var from: String?
  public var to: String?
  public var url: String?
  public var manifest: String?
  /// Whether the version was published already, with the same bytes.
  public var existing: Bool?
  /// By tag and digest.
  public var image: String?
  public var provenance: String?
  public var signer: String?

  public init(from: String? = nil) { self.from = from }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    from = try shape.optional("from", \.from, "the directory or the archive that was published; absolute")
    to = try shape.optional("to", \.to, "the repository: a directory, or a URL without a query")
    url = try shape.optional("url", \.url, "the archive in the repository; in a registry a reference")
    manifest = try shape.optional("manifest", \.manifest, "in a registry, the digest of the manifest")
    existing = try shape.optional(
      "existing", \.existing, "whether this version was published already, with the same bytes")
    image = try shape.optional(
      "image", \.image, "the image that was published with it, under the same version: by tag and digest")
    provenance = try shape.optional("provenance", \.provenance, "the provenance file in the repository")
    signer = try shape.optional("signer", \.signer, "the fingerprint of the key that signed it")
  }
}
