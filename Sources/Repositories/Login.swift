import Command

/// A user name, or the public half of a token, and its secret.
package struct Login: Sendable, Equatable {
  package var user: String
  package var secret: String

  package init(user: String, secret: String) { (self.user, self.secret) = (user, secret) }

  /// https://www.rfc-editor.org/rfc/rfc7617
  var authorization: String { "Basic " + Base64.encode(Array("\(user):\(secret)".utf8)) }
}
