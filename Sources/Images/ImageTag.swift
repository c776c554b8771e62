import Archives
import OCI

/// The tag of an image: the first 40 hex digits of a SHA-256 over what it is built from. The Dockerfile's content is
/// part of the tree; its path is added, since the tree may have several. Each part is preceded by its length, so that
/// different inputs never give the same bytes.
public func imageTag(tree: String, dockerfile: String, arguments: [(name: String, value: String)]) -> String {
  var hash = SHA256()
  let sorted = arguments.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  for part in ["draft image 1", tree, dockerfile] + sorted.flatMap({ [$0.name, $0.value] }) {
    hash.update("\(part.utf8.count):")
    hash.update(part)
  }
  return String(hash.finish().prefix(40))
}
