import HTTP

/// Why a chart was not fetched. `what` follows "cannot fetch", and has its quotes.
/// Messages: `RepositoryError+Diagnosis.swift`.
enum RepositoryError: Error, Equatable {
  case unreachable(what: String, host: String, reason: String)
  case tls(what: String, host: String, reason: String)
  /// An answer that is no use: not HTTP, a redirect that may not be followed.
  case answer(what: String, host: String, reason: String)
  case status(what: String, host: String, status: Int)
  /// 401 or 403. `loggedIn`: whether there was a login to use.
  case login(what: String, host: String, status: Int, repository: String?, loggedIn: Bool)
  case missing(what: String, host: String, status: Int)
  case tooLarge(what: String, host: String, limit: Int)
  /// What should be an index is not one.
  case badIndex(String, reason: String)
  /// A URL of repositories.yaml or an index that cannot be used.
  case badURL(String, reason: String)
  /// helm knows no repository of that name.
  case noRepository(String, near: String?)
  case noChart(String, index: String, repository: String?)
  /// There is the chart, but no version that was asked for.
  case noVersion(String, wanted: String, newest: String?, place: String, repository: String?)
  /// The bytes are not those that the index or the registry promised.
  case digest(what: String, wanted: String, found: String)
  /// It is a chart, but not the one that was asked for.
  case other(what: String, found: String)
  /// It is in a registry, and not a chart.
  case notAChart(what: String, reason: String)
  /// `--untar` finds something at its place.
  case exists(String)
  /// A directory is not signed.
  case unsigned(String)

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
