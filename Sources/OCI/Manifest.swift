import Records

/// A manifest of one image, or an index of several. OCI's and Docker's (schema 2) differ only in the media types.
///
/// The bytes are kept as they were read, because the digest is of those bytes; they are never encoded again.
/// Source: https://github.com/opencontainers/image-spec/blob/main/manifest.md and image-index.md,
/// https://distribution.github.io/distribution/spec/manifest-v2-2/
public struct Manifest: Sendable {
  /// What the manifest describes.
  public enum Kind: Sendable {
    case image(config: Descriptor, layers: [Descriptor])
    case index([Descriptor])
  }

  public static let ociImage = "application/vnd.oci.image.manifest.v1+json"
  public static let ociIndex = "application/vnd.oci.image.index.v1+json"
  public static let dockerImage = "application/vnd.docker.distribution.manifest.v2+json"
  public static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
  /// The media types we can read, for an `Accept` header.
  public static let mediaTypes = [ociImage, dockerImage, ociIndex, dockerList]
  /// In bytes; registries refuse larger manifests.
  public static let sizeLimit = 4 << 20

  public let bytes: [UInt8]
  public let mediaType: String
  public let kind: Kind

  /// - Parameter mediaType: from the descriptor or the `Content-Type`; the manifest's own `mediaType` takes precedence.
  ///   Without either, the members decide.
  /// - Throws: ``ImageLayoutError/manifest(_:)`` with the reason.
  public init(_ bytes: [UInt8], mediaType outer: String? = nil) throws(ImageLayoutError) {
    guard bytes.count <= Manifest.sizeLimit else { throw .manifest("is larger than 4 MB") }
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch {
      throw .manifest("is not JSON: column \(error.column): \(error.reason)")
    }
    guard json.object != nil else { throw .manifest("is not a JSON object") }
    let guess = json["manifests"] != nil ? Manifest.ociIndex : Manifest.ociImage
    mediaType = json["mediaType"]?.string ?? outer ?? guess
    guard Manifest.mediaTypes.contains(mediaType) else { throw .manifest("has the unknown media type '\(mediaType)'") }
    self.bytes = bytes

    if mediaType == Manifest.ociIndex || mediaType == Manifest.dockerList {
      guard let items = json["manifests"]?.array else { throw .manifest("has no 'manifests'") }
      kind = .index(try Manifest.descriptors(items, "manifests"))
    } else {
      guard let config = json["config"] else { throw .manifest("has no 'config'") }
      guard let layers = json["layers"]?.array else { throw .manifest("has no 'layers'") }
      kind = .image(
        config: try Manifest.descriptors([config], "config")[0], layers: try Manifest.descriptors(layers, "layers"))
    }
  }

  private static func descriptors(_ items: [JSON], _ name: String) throws(ImageLayoutError) -> [Descriptor] {
    let descriptors = items.compactMap(Descriptor.init)
    guard descriptors.count == items.count else { throw .manifest("has a malformed descriptor in '\(name)'") }
    return descriptors
  }

  public var descriptor: Descriptor { Descriptor(mediaType: mediaType, digest: Digest(of: bytes), size: bytes.count) }
}
