/// Whose reading of a Dockerfile counts. Builders read some of it differently, and an image is to be the one its own builder would
/// make. Where docker's two builders, BuildKit and the older one, are not agreed, there is no rule, and docker makes the whole image.
enum Rules: Sendable {
  /// buildah 1.28, for an image in OCI's format.
  case buildah
  case docker
}
