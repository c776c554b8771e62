/// `package`: how the archive in `chart` was made.
public struct Package: Member, Equatable {
  public static let name = "package"
  public static let about = About(
    by: "draft-package", for: "people", "How the archive in 'chart' was made, and who signed it.")

  /// The directory it was packed from, or the archive that was checked.
  public var from: String?
  public var files: Int?
  /// Whether the archive was there already, with the same bytes.
  public var kept: Bool?
  /// The provenance file beside the archive.
  public var provenance: String?
  /// The fingerprint of the key that signed it.
  public var signer: String?
  /// The predicted size of the Secret of a release, in bytes.
  public var secret: Int?

  public init(from: String? = nil) { self.from = from }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    from = try shape.optional(
      "from", \.from, "the directory it was packed from, or the archive that was checked; absolute")
    files = try shape.optional("files", \.files, "how many files are in the archive")
    kept = try shape.optional("kept", \.kept, "whether the archive was there already, with the same bytes")
    provenance = try shape.optional("provenance", \.provenance, "the provenance file, absolute")
    signer = try shape.optional("signer", \.signer, "the fingerprint of the key that signed it")
    secret = try shape.optional(
      "secret", \.secret, "the predicted bytes of the Secret of a release; 1048576 are the limit")
  }
}
