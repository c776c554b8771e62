/// What can be wrong with references, manifests and image layouts.
public enum ImageLayoutError: Error, Equatable, Sendable {
  /// No image reference: the text, and what is wrong with it.
  case reference(String, reason: String)
  /// The directory is no image layout.
  case notLayout(String, reason: String)
  /// The layout has no manifest of that name; the names there are.
  case noManifest(String, name: String?, names: [String])
  /// A manifest names a blob that the layout does not have.
  case noBlob(String, Digest)
  /// The file is not what its digest or size says.
  case damaged(String, Digest)
  /// A manifest that is not as specified: what it does.
  case manifest(String)
}
