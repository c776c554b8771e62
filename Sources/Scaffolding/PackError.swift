/// What can go wrong with packs, and with writing one into an application.
public enum PackError: Error, Equatable {
  /// No repository has a pack for the language; `known` are the packs there are.
  case noneSuits(language: String, known: [String])
  /// No repository has a pack of this name; `known` are those there are.
  case unknown(name: String, known: [String])
  case several(name: String, repositories: [String])
  /// The directory of a pack that was chosen is gone.
  case missing(String)
  /// A pack that is none, or that must not be used.
  case bad(pack: String, reason: String)
  /// A path of the application leads out of its directory.
  case outside(path: String)
  /// A pack that leaves the Dockerfile to the application, and an application that has none.
  case noDockerfile(pack: String, directory: String)
  /// Something that is no chart is where the chart would be.
  case occupied(path: String)
  /// The application's own Dockerfile cannot be understood.
  case dockerfile(path: String, reason: String)
}
