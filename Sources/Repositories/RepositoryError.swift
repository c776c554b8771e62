import HTTP

/// Why a chart was not fetched. `what` follows "cannot fetch", and has its quotes.
/// Messages: `RepositoryError+Diagnosis.swift`.
enum RepositoryError: Error, Equatable {
  case unreachable(what: String, host: String, reason: String)
  case tls(what: String, host: String, reason: String)
  /// A bad answer: not HTTP, or a redirect that must not be followed.
  case answer(what: String, host: String, reason: String)
  case status(what: String, host: String, status: Int)
  /// 401 or 403. `loggedIn`: whether a login was sent.
  case login(what: String, host: String, status: Int, repository: String?, loggedIn: Bool)
  case missing(what: String, host: String, status: Int)
  case tooLarge(what: String, host: String, limit: Int)
  /// The file is not an index.
  case badIndex(String, reason: String)
  /// A URL of repositories.yaml or an index that cannot be used.
  case badURL(String, reason: String)
  /// helm has no repository of that name.
  case noRepository(String, near: String?)
  case noChart(String, index: String, repository: String?)
  /// The chart has no matching version.
  case noVersion(String, wanted: String, newest: String?, place: String, repository: String?)
  /// The digest is not that of the index or the registry.
  case digest(what: String, wanted: String, found: String)
  /// Another chart or version than the requested one.
  case other(what: String, found: String)
  /// An artifact of a registry that is not a chart.
  case notAChart(what: String, reason: String)
  /// The directory of `--untar` exists.
  case exists(String)
  /// A directory cannot be verified.
  case unsigned(String)
  /// helm knows no repository at all.
  case noRepositories
  /// A name that could not be used in a reference.
  case badName(String)
  /// The repository of that name has another URL or another login.
  case taken(String, url: String)
  /// Charts in a registry need no repository.
  case isRegistry(String)
  case badExpression(String, reason: String)
  /// repositories.yaml is not one of helm's.
  case badRepositories(String, reason: String)
  /// There is no such directory or file for an index.
  case noDirectory(String)
  /// There is another archive in the way, which is not written over.
  case published(String)
  case noCredential(String, near: String?)
  case credentialTaken(String)
  case badCredential(String, reason: String)
  /// The file of credentials is damaged.
  case badCredentials(String)
  /// A credential helper is missing or said no.
  case helper(String, reason: String)

  init(_ error: TransportError, what: String, host: String) {
    self =
      switch error {
      case .unreachable(let reason), .broken(let reason): .unreachable(what: what, host: host, reason: reason)
      case .tls(let reason): .tls(what: what, host: host, reason: reason)
      case .malformed(let reason): .answer(what: what, host: host, reason: reason)
      case .unreadable, .givenUp: .unreachable(what: what, host: host, reason: "it was stopped")
      }
  }
}
