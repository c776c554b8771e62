/// Whose reading of a Dockerfile counts. Builders read some of it differently, and an image is to be the one its own builder would
/// make. Where docker's two builders, BuildKit and the older one, are not agreed, there is no rule, and docker makes the whole image.
enum Rules: String, Sendable {
  /// buildah 1.28, for an image in OCI's format; podman builds by the same code.
  case buildah
  /// docker 20.10.
  case docker

  /// Those of a builder, by its name in the settings.
  init(builder: String) { self = builder == "docker" ? .docker : .buildah }
}
