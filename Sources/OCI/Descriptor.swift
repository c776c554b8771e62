import Records

/// A reference to a blob by content: media type, digest and size.
/// Source: https://github.com/opencontainers/image-spec/blob/main/descriptor.md
public struct Descriptor: Equatable, Sendable {
  public var mediaType: String
  public var digest: Digest
  /// Bytes.
  public var size: Int
  /// `org.opencontainers.image.ref.name` names a manifest in the index of a layout.
  public var annotations: [String: String]
  /// The platform of a manifest in an index, as it is written there.
  public var platform: JSON?
  /// Other URLs a layer can be downloaded from; registries do not store such layers themselves.
  public var urls: [String]

  public init(
    mediaType: String, digest: Digest, size: Int, annotations: [String: String] = [:], platform: JSON? = nil,
    urls: [String] = []
  ) {
    self.mediaType = mediaType
    self.digest = digest
    self.size = size
    self.annotations = annotations
    self.platform = platform
    self.urls = urls
  }

  /// nil unless this is the object that the specification describes: no media type, a bad digest, a negative size.
  public init?(_ json: JSON) {
    guard let mediaType = json["mediaType"]?.string, let text = json["digest"]?.string, let digest = Digest(text),
      let size = json["size"]?.integer, size >= 0
    else { return nil }
    self.init(
      mediaType: mediaType, digest: digest, size: size,
      annotations: Dictionary(
        (json["annotations"]?.object ?? []).compactMap { member in member.value.string.map { (member.name, $0) } }
      ) { $1 },
      platform: json["platform"], urls: (json["urls"]?.array ?? []).compactMap(\.string))
  }

  public var json: JSON {
    .members([
      "mediaType": .string(mediaType), "digest": .string(digest.description), "size": .integer(size),
      "urls": urls.isEmpty ? nil : .strings(urls),
      "annotations": annotations.isEmpty
        ? nil : .object(annotations.sorted { $0.key < $1.key }.map { (name: $0.key, value: .string($0.value)) }),
      "platform": platform
    ])
  }

  /// A layer whose licence keeps it out of registries: the manifest names it, and it is fetched from elsewhere.
  public var isForeign: Bool {
    !urls.isEmpty || mediaType.contains("nondistributable") || mediaType.contains(".foreign.")
  }
}
