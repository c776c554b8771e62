import Images

/// Errors of talking to a registry. `purpose` continues "cannot", as in `upload 'web@sha256:ab12cd34ef56'`; `detail` is
/// the server's own message, cleaned. None carries a secret.
enum RegistryError: Error, Equatable, Sendable {
  /// No connection, after all retries.
  case unreachable(purpose: String, host: String, reason: String)
  case tls(purpose: String, host: String, reason: String)
  /// A status that refuses the request, after all retries that could help.
  case status(purpose: String, host: String, status: Int, detail: String?)
  /// 401 or 403. `loggedIn`: whether there was a login to use.
  case login(purpose: String, host: String, status: Int, detail: String?, loggedIn: Bool)
  /// An answer that violates the specification.
  case answer(purpose: String, host: String, reason: String)
  /// The bytes do not match the digest, neither at the registry nor here: the file is damaged.
  case digest(purpose: String, host: String, path: String)
  /// The file changed or vanished while it was sent.
  case unreadable(purpose: String, path: String)
  /// A credentials file that cannot be used.
  case credentials(path: String, reason: String)
  case helper(String, registry: String, reason: String)
  /// A tag, digest or store in the record that is not valid.
  case image(String)
  /// The tag is a version, and another image has it.
  case taken(String)

  /// Whether a registry rejects a manifest because it lacks something the manifest refers to.
  var lacksBlob: Bool {
    guard case .status(_, _, _, let detail?) = self else { return false }
    return ["MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_UNKNOWN"].contains {
      detail == $0 || detail.hasPrefix($0 + ":")
    }
  }
}

/// The file of a blob that a push found damaged or missing; nil for another error.
public func damagedBlob(_ error: any Error) -> String? {
  switch error {
  case RegistryError.digest(_, _, let path), RegistryError.unreadable(_, let path): path
  default: nil
  }
}
