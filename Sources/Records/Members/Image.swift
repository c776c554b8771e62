/// `image`: the built image. Written by draft-build, then again by draft-push with the digest in the registry.
public struct Image: Member, Equatable {
  public static let name = "image"
  public static let about = About(
    by: "draft-build, draft-push, draft-remote, draft-release", for: "draft-push, draft-release", "The image.")

  /// Without a tag: `127.0.0.1:5000/web`, or `web` when no registry is set.
  public var repository: String
  public var tag: String
  public var digest: String?
  public var id: String?
  public var layers: Int?
  public var store: String
  public var how: String
  public var why: String
  public var tags: [String]

  public init(
    repository: String, tag: String, digest: String? = nil, id: String? = nil, layers: Int? = nil, store: String,
    how: String, why: String, tags: [String] = []
  ) {
    self.repository = repository
    self.tag = tag
    self.digest = digest
    self.id = id
    self.layers = layers
    self.store = store
    self.how = how
    self.why = why
    self.tags = tags
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    repository = try shape.required("repository", \.repository, "without a tag")
    tag = try shape.required("tag", \.tag, "40 hexadecimal digits, derived from what it was built from")
    digest = try shape.optional(
      "digest", \.digest, "the digest of its manifest, if known; after a push, that of the registry")
    id = try shape.optional(
      "id", \.id,
      "the digest of its configuration, which buildah, podman and docker call the ID; the image is looked up in its "
        + "store "
        + "by this, not by its name")
    layers = try shape.optional("layers", \.layers, "the number of layers")
    store = try shape.required(
      "store", \.store,
      "where it is stored: containers-storage, docker-daemon, oci: and the path of a layout, or remote for the "
        + "machine of "
        + "a server")
    how = try shape.optional(
      "how", \.how, else: "builder",
      as: .word([
        "builder",
        "append", "head+append"
      ]), "how it was built; see draft-build(1)")
    why = try shape.optional("why", \.why, else: "", "why it was built that way, or that nothing had to be built")
    tags = try shape.optional("tags", \.tags, else: [], sparse: true, "its additional tags")
  }
}
