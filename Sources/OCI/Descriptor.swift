import Records

/// What a blob is and where it is found by content.
/// Source: https://github.com/opencontainers/image-spec/blob/main/descriptor.md
public struct Descriptor: Equatable, Sendable {
  public var mediaType: String
  public var digest: Digest
  /// Bytes.
  public var size: Int
  /// `org.opencontainers.image.ref.name` names a manifest in the index of a layout.
  public var annotations: [String: String]
  /// Of a manifest in an index, as it stands there.
  public var platform: JSON?
  /// Other places a layer may be had from; registries do not keep such layers themselves.
  public var urls: [String]

  public init(mediaType: String, digest: Digest, size: Int, annotations: [String: String] = [:], platform: JSON? = nil, urls: [String] = []) {
    self.mediaType = mediaType
    self.digest = digest
    self.size = size
    self.annotations = annotations
    self.platform = platform
    self.urls = urls
  }

  /// nil when it is not the object the specification describes: a bad digest, a negative size, no media type.
  public init?(_ json: JSON) {
    guard let mediaType = json["mediaType"]?.string, let text = json["digest"]?.string, let digest = Digest(text),
      let size = json["size"]?.integer, size >= 0
    else { return nil }
    self.init(
      mediaType: mediaType, digest: digest, size: size,
      annotations: Dictionary((json["annotations"]?.object ?? []).compactMap { member in member.value.string.map { (member.name, $0) } }) { $1 },
      platform: json["platform"], urls: (json["urls"]?.array ?? []).compactMap(\.string))
  }

  public var json: JSON {
    .members([
      "mediaType": .string(mediaType), "digest": .string(digest.description), "size": .integer(size),
      "urls": urls.isEmpty ? nil : .strings(urls),
      "annotations": annotations.isEmpty
        ? nil : .object(annotations.sorted { $0.key < $1.key }.map { (name: $0.key, value: .string($0.value)) }),
      "platform": platform,
    ])
  }

  /// A layer that its licence keeps out of registries: the manifest names it, and it is fetched from elsewhere.
  public var isForeign: Bool { !urls.isEmpty || mediaType.contains("nondistributable") || mediaType.contains(".foreign.") }
}
