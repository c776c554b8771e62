/// Errors of building an image. Sentences and exit codes: BuildError+Diagnosis.swift.
public enum BuildError: Error, Equatable, Sendable {
  /// Not a valid name of a builder.
  case builderName(String)
  /// There is no `draft-builder-NAME` on PATH.
  case noPlugin(String)
  /// Another user may write to this plugin.
  case strangersPlugin(String)
  /// `SOURCE_DATE_EPOCH` is not a number of seconds.
  case sourceDate(String)
  /// The context has no Dockerfile of this name.
  case noDockerfile(app: String, path: String)
  /// The Dockerfile has something that no builder supports, or not this one.
  case dockerfile(app: String, path: String, line: Int, reason: String, hint: String? = nil)
  /// A symbolic link points out of the context.
  case outside(app: String, path: String)
  /// A base image cannot be pulled.
  case baseImage(app: String, image: String, reason: String, log: String)
  case diskFull(app: String, log: String)
  /// The builder's daemon does not answer, or denies us access.
  case daemon(program: String, reason: String, forbidden: Bool)
  /// The Dockerfile, or a program it runs, failed.
  case failed(app: String, reason: String, log: String)
  /// The builder was ended by a signal.
  case ended(app: String, program: String, signal: Int32, log: String)
  /// The builder reported success, but there is no image.
  case noImage(builder: String, name: String, log: String)
  /// The builder's result is not an image.
  case badResult(builder: String, reason: String, log: String)
  /// The context was deleted while the builder read it.
  case lost
  /// The image of a record is no longer in its store.
  case gone(name: String, store: String)
  /// A record names an unknown store.
  case unknownStore(String)
  /// The store could not export an image.
  case export(name: String, reason: String)
  /// The store answered a query with an error.
  case store(program: String, reason: String)
}
