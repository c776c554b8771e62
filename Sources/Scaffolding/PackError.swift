/// What can go wrong with packs, and when writing one into an application.
public enum PackError: Error, Equatable {
  /// No repository has a pack for the language; `known` are the packs that exist.
  case noneSuits(language: String, known: [String])
  /// No repository has a pack of this name; `known` are the packs that exist.
  case unknown(name: String, known: [String])
  case several(name: String, repositories: [String])
  /// The directory of the chosen pack does not exist.
  case missing(String)
  /// The pack is malformed, or must not be used.
  case bad(pack: String, reason: String)
  /// A path of the application leads out of its directory.
  case outside(path: String)
  /// The pack has no Dockerfile, and neither has the application.
  case noDockerfile(pack: String, directory: String)
  /// The path for the chart exists and is not a chart.
  case occupied(path: String)
  /// The application's own Dockerfile cannot be parsed.
  case dockerfile(path: String, reason: String)
}
