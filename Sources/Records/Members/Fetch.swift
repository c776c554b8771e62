/// `fetch`: where the archive in `chart` was fetched from.
public struct Fetch: Member, Equatable {
  public static let name = "fetch"
  public static let about = About(
    by: "draft-env, draft-fetch", for: "draft-fetch, draft-release, people",
    "Where the chart in 'chart' is fetched from, and who signed it.")

  public var reference: String
  public var exact: String?
  public var url: String?
  public var cached: Bool?
  public var kept: Bool?
  public var directory: String?
  public var provenance: String?
  public var signer: String?

  public var caFile: String?
  public var certFile: String?
  public var keyFile: String?

  public init(reference: String) { self.reference = reference }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    reference = try shape.required("reference", \.reference, "the reference to the chart, as it was named")
    exact = try shape.optional("exact", \.exact, "a reference to the version that was fetched")
    url = try shape.optional("url", \.url, "the URL of the archive, without a query")
    cached = try shape.optional(
      "cached", \.cached, "whether the archive was in the cache, so that it was not downloaded")
    kept = try shape.optional("kept", \.kept, "whether the archive was at its place already, with the same bytes")
    directory = try shape.optional("directory", \.directory, "the directory it was unpacked into, absolute")
    provenance = try shape.optional("provenance", \.provenance, "the provenance file that was checked, absolute")
    signer = try shape.optional("signer", \.signer, "the fingerprint of the key that signed it")
    caFile = try shape.optional("caFile", \.caFile, "the certificates that the repository is trusted by")
    certFile = try shape.optional("certFile", \.certFile, "the certificate for the repository")
    keyFile = try shape.optional("keyFile", \.keyFile, "the key of that certificate")
  }
}
