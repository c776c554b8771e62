import HTTP

/// Why a store was not read or written. `purpose` continues "cannot": `upload 's3://charts/web-1.0.0.tgz'`; `detail` is
/// the server's own message, cleaned. None carries a secret. Messages: `StorageError+Diagnosis.swift`.
package enum StorageError: Error, Equatable, Sendable {
  case unreachable(purpose: String, host: String, reason: String)
  case tls(purpose: String, host: String, reason: String)
  /// A status that refuses the request, after all retries that could help.
  case status(purpose: String, host: String, status: Int, detail: String?)
  /// 401 or 403.
  case login(purpose: String, host: String, status: Int, detail: String?, hint: String)
  /// The clock of this machine is off, in seconds: more than zero is ahead.
  case clock(purpose: String, host: String, ahead: Int)
  /// An answer that is no use: not HTTP, a redirect that may not be followed.
  case answer(purpose: String, host: String, reason: String)
  case tooLarge(purpose: String, limit: Int)
  /// The bucket is in another region.
  case region(purpose: String, bucket: String, region: String)
  case noBucket(String)
  /// A destination that cannot be used.
  case badDestination(String, reason: String)
  /// No credentials for a store.
  case noCredentials(String, reason: String, hint: String)
  /// A file of credentials that cannot be read.
  case badFile(String, reason: String)

  init(_ error: TransportError, purpose: String, host: String) {
    self =
      switch error {
      case .unreachable(let reason), .broken(let reason): .unreachable(purpose: purpose, host: host, reason: reason)
      case .tls(let reason): .tls(purpose: purpose, host: host, reason: reason)
      case .malformed(let reason): .answer(purpose: purpose, host: host, reason: reason)
      case .unreadable, .givenUp: .unreachable(purpose: purpose, host: host, reason: "it was stopped")
      }
  }
}
