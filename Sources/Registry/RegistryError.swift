import Images

/// What can go wrong on the way to a registry. `purpose` continues "cannot", as in `upload 'web@sha256:ab12cd34ef56'`;
/// `detail` is the server's own words, made harmless. None carries a secret.
enum RegistryError: Error, Equatable, Sendable {
  /// No connection, after all tries.
  case unreachable(purpose: String, host: String, reason: String)
  case tls(purpose: String, host: String, reason: String)
  /// An answer that says no, after all tries where it could change.
  case status(purpose: String, host: String, status: Int, detail: String?)
  /// 401 or 403. `loggedIn` tells whether we had anything to show.
  case login(purpose: String, host: String, status: Int, detail: String?, loggedIn: Bool)
  /// An answer that is not what the specification says.
  case answer(purpose: String, host: String, reason: String)
  /// The registry found other bytes than the digest says, and so do we: the file is damaged.
  case digest(purpose: String, host: String, path: String)
  /// The file changed or vanished while it was sent.
  case unreadable(purpose: String, path: String)
  /// A file of credentials that cannot be used.
  case credentials(path: String, reason: String)
  case helper(String, registry: String, reason: String)
  /// A tag, a digest or a store that the record should not hold.
  case image(String)

  /// Whether a registry refuses a manifest because it lacks something that the manifest names.
  var lacksBlob: Bool {
    guard case .status(_, _, _, let detail?) = self else { return false }
    return ["MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_UNKNOWN"].contains { detail == $0 || detail.hasPrefix($0 + ":") }
  }
}

/// The file of a blob that a push found damaged or gone; nil for another error.
public func damagedBlob(_ error: any Error) -> String? {
  switch error {
  case RegistryError.digest(_, _, let path), RegistryError.unreadable(_, let path): path
  default: nil
  }
}
