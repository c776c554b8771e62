/// What can go wrong in building an image.
public enum BuildError: Error, Equatable, Sendable {
  /// The name of a builder that cannot be one.
  case builderName(String)
  /// There is no `draft-builder-NAME` on PATH.
  case noPlugin(String)
  /// A plugin that another user may have written, by its path.
  case strangersPlugin(String)
  /// `SOURCE_DATE_EPOCH` is not a number of seconds.
  case sourceDate(String)
  /// The context has no file of the Dockerfile's name.
  case noDockerfile(app: String, path: String)
  /// The Dockerfile has something that no builder takes, or not this one.
  case dockerfile(app: String, path: String, line: Int, reason: String, hint: String? = nil)
  /// A symbolic link leads out of the context.
  case outside(app: String, path: String)
  /// A base image cannot be had.
  case baseImage(app: String, image: String, reason: String, log: String)
  case diskFull(app: String, log: String)
  /// The builder's daemon does not answer, or not to us.
  case daemon(program: String, reason: String, forbidden: Bool)
  /// The Dockerfile, or a program it runs, is at fault.
  case failed(app: String, reason: String, log: String)
  /// The builder was ended by a signal.
  case ended(app: String, program: String, signal: Int32, log: String)
  /// The builder said that it succeeded, and there is no image.
  case noImage(builder: String, name: String, log: String)
  /// The builder left something that is no image.
  case badResult(builder: String, reason: String, log: String)
  /// The context was deleted while the builder was reading it.
  case lost
  /// The image of a record is no longer in its store.
  case gone(name: String, store: String)
  /// A record names a store that is none.
  case unknownStore(String)
  /// The store would not hand out an image.
  case export(name: String, reason: String)
  /// A question to the store was answered with an error.
  case store(program: String, reason: String)
}
