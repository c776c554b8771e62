/// `image`: the built image. Written by draft-build, then again by draft-push with the digest the registry knows it by.
public struct Image: Member, Equatable {
  public static let name = "image"

  /// Without a tag: `127.0.0.1:5000/web`, or `web` when no registry is set.
  public var repository: String
  /// 40 hex digits of what the image was built from; see draft(7).
  public var tag: String
  /// `sha256:…` of the manifest, once it is known.
  public var digest: String?
  /// `sha256:…` of its configuration, which is what buildah, podman and docker call an image's ID.
  public var id: String?
  public var layers: Int?
  /// Where the image is: `containers-storage`, `docker-daemon`, or `oci:/path/of/a/layout`.
  public var store: String
  /// `builder`, or `append` or `head+append` where layers were put on a head; see draft-build(1).
  public var how: String
  /// Why it was made that way, or that nothing had to be done.
  public var why: String
  /// Further tags the same image carries.
  public var tags: [String]

  public init(
    repository: String, tag: String, digest: String? = nil, id: String? = nil, layers: Int? = nil, store: String, how: String, why: String, tags: [String] = []
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

  public init(_ fields: Fields) throws(RecordError) {
    repository = try fields.string("repository")
    tag = try fields.string("tag")
    digest = try fields.optionalString("digest")
    id = try fields.optionalString("id")
    layers = try fields.optionalInteger("layers")
    store = try fields.string("store")
    how = try fields.optionalString("how") ?? "builder"
    why = try fields.optionalString("why") ?? ""
    tags = try fields.strings("tags")
  }

  public var json: JSON {
    .members([
      "repository": .string(repository), "tag": .string(tag), "digest": digest.map(JSON.string), "id": id.map(JSON.string),
      "layers": layers.map(JSON.integer),
      "store": .string(store), "how": .string(how), "why": .string(why), "tags": tags.isEmpty ? nil : .strings(tags),
    ])
  }
}
