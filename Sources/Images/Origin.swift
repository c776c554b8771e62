import Command
import OCI
import Records
import Settings

/// Where a layer of a base image comes from: its registry, repository and blob.
///
/// Layers exported from a builder's store are compressed here, so no registry has these bytes. But the store keeps the
/// manifest it pulled, which names the registry's blobs of the same layers. Our layout records this as an annotation of
/// the layer that is never pushed: `127.0.0.1:5000/base sha256:… 1234 application/vnd.oci.image.layer.v1.tar+gzip`.
public struct Origin: Equatable, Sendable {
  /// Registry and repository, without tag and digest.
  public var reference: Reference
  public var blob: Descriptor

  static let annotation = "draft.origin"

  public init(reference: Reference, blob: Descriptor) {
    self.reference = reference
    (self.reference.tag, self.reference.digest) = (nil, nil)
    self.blob = blob
  }

  init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 4, let reference = try? Reference(words[0]), let digest = Digest(words[1]),
      digest.algorithm == "sha256", let size = Number.whole(words[2]), size > 0,
      Origin.isLayer(words[3])
    else { return nil }
    self.init(reference: reference, blob: Descriptor(mediaType: words[3], digest: digest, size: size))
  }

  var text: String { "\(reference.name) \(blob.digest) \(blob.size) \(blob.mediaType)" }

  /// Only compressed layers: registries do not have others.
  private static func isLayer(_ mediaType: String) -> Bool {
    ["application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.oci.image.layer.v1.tar+zstd"].contains(mediaType)
  }

  /// The layers of a base image in the manifest that was pulled, by the digests of their content.
  static func all(_ reference: Reference, _ manifest: Manifest, diffIDs: [Digest]) -> [Digest: Origin] {
    guard case .image(_, let layers) = manifest.kind, layers.count == diffIDs.count else { return [:] }
    let pairs = zip(diffIDs, layers).compactMap { diffID, layer -> (Digest, Origin)? in
      let mediaType = ImageCache.mediaType(layer.mediaType)
      // A store that never had the compressed layer may list it by the digest of its content.
      guard !layer.isForeign, layer.digest.algorithm == "sha256", layer.digest != diffID, isLayer(mediaType),
        layer.size > 0
      else { return nil }
      return (
        diffID,
        Origin(reference: reference, blob: Descriptor(mediaType: mediaType, digest: layer.digest, size: layer.size))
      )
    }
    return Dictionary(pairs) { first, _ in first }
  }
}

/// An image of our own layout, prepared for a registry.
public struct Outgoing: Sendable {
  /// With the base image's layers as their registry has them.
  public var manifest: Manifest
  /// Where those layers are; empty if there are none.
  public var origins: [Digest: Origin] = [:]
  /// The same image with only blobs of the layout, if there are origins.
  public var local: Manifest?

  /// - Parameter manifest: as it is in a layout. Origins are only read from our own layout, since they name a host to
  ///   connect to.
  public init(_ manifest: Manifest, of layout: ImageLayout, home: Home) throws {
    self.manifest = manifest
    guard layout.path == (try home.directory("cache/images")), case .image(_, let layers) = manifest.kind,
      layers.contains(where: { $0.annotations[Origin.annotation] != nil })
    else { return }
    var theirs: [JSON] = [], ours: [JSON] = []
    for var layer in layers {
      let origin = layer.annotations.removeValue(forKey: Origin.annotation).flatMap(Origin.init)
      if let origin { origins[origin.blob.digest] = origin }
      theirs.append((origin?.blob ?? layer).json)
      ours.append(layer.json)
    }
    var json = try JSON(parsing: manifest.bytes)
    json["layers"] = .array(ours)
    local = try Manifest(json.bytes)
    json["layers"] = .array(theirs)
    self.manifest = try Manifest(json.bytes)
  }
}

extension ContainersBuilder {
  /// The origins of an image's base layers, from buildah's note of the base image and the store's manifest of what it
  /// pulled.
  func origins(of manifest: Manifest) -> [Digest: Origin] {
    guard program == "buildah", let annotations = try? JSON(parsing: manifest.bytes)["annotations"],
      let name = annotations["org.opencontainers.image.base.name"]?.string, Reference.isQualified(name),
      let reference = try? Reference(name),
      let base = (try? find(name)) ?? nil,
      let result = try? Child.run(
        ["buildah", "inspect", "--type", "image", "--format", "{{.Manifest}}", name], output: .capture, errors: .discard
      ),
      result.succeeded, let pulled = try? Manifest(Array(result.outputText.utf8)),
      case .image(let config, _) = pulled.kind, config.digest.hex == base.id
    else { return [:] }
    return Origin.all(reference, pulled, diffIDs: base.diffIDs)
  }
}
