import Command

/// A login for a registry. Never printed: its description holds no secret, and no error carries it.
enum Credential: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  case password(user: String, password: String)
  /// What Docker calls an identity token and OAuth 2 a refresh token.
  case identityToken(String)

  var description: String { "(secret)" }
  var debugDescription: String { "(secret)" }

  /// The value of an `Authorization` header; nil for an identity token.
  var basic: String? {
    guard case let .password(user, password) = self else { return nil }
    return "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
  }
}
