/// Which builder's reading of a Dockerfile applies. Builders differ in details, and an image should be the one that its
/// builder would make. Where docker's two builders, BuildKit and the legacy one, disagree, docker builds the whole
/// image.
enum Rules: String, Sendable {
  /// buildah 1.28, for an image in OCI format; podman uses the same code.
  case buildah
  /// docker 20.10.
  case docker

  /// The rules of a builder, by its name in the settings.
  init(builder: String) { self = builder == "docker" ? .docker : .buildah }
}
