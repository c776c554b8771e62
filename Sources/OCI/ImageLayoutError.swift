/// What can be wrong with references, manifests and image layouts.
public enum ImageLayoutError: Error, Equatable, Sendable {
  /// The text is not an image reference; `reason` says why.
  case reference(String, reason: String)
  /// The directory is not an image layout.
  case notLayout(String, reason: String)
  /// The layout has no manifest of that name; `names` are those it has.
  case noManifest(String, name: String?, names: [String])
  /// The layout lacks a blob that a manifest names.
  case noBlob(String, Digest)
  /// The file does not match its digest or size.
  case damaged(String, Digest)
  /// A manifest breaks the specification; the text is a predicate, as in `has no 'config'`.
  case manifest(String)
}
