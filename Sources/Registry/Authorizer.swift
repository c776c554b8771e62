import CSystem
import Command
import HTTP
import Images
import Records

/// Finds out how a registry authenticates clients, and keeps its tokens, one for each scope, in memory only.
///
/// The user's logins are not read until a registry answers 401. All threads of a push share the tokens; one thread
/// renews them. Sources: https://distribution.github.io/distribution/spec/auth/token/ and /oauth/
final class Authorizer: @unchecked Sendable {
  private enum Scheme { case unknown, basic(String), bearer(realm: Address, service: String?) }
  private struct Token { var value: String; var expires: UInt64 }

  private let store: CredentialStore
  private let lock = Lock()
  private var scheme = Scheme.unknown
  private var tokens: [String: Token] = [:]
  private var credential: Credential?
  private var hasLooked = false

  /// - Parameter anonymous: use no login.
  init(store: CredentialStore, anonymous: Bool = false) {
    self.store = store
    hasLooked = anonymous
  }

  /// Whether there was a login to use; for messages.
  var loggedIn: Bool { lock.locked { credential != nil } }

  /// Whether the registry has asked for authentication.
  var wasAsked: Bool { lock.locked { hasLooked } }

  /// A new push looks for a login again if it is asked for one: those of helpers expire.
  func lookAgain() { lock.locked { hasLooked = false } }

  /// The known `Authorization` for requests of these scopes; nil if there is none yet.
  func header(for scope: [String]) -> String? { lock.locked { current(scope) } }

  private func current(_ scope: [String]) -> String? {
    switch scheme {
    case .unknown: return nil
    case .basic(let value): return value
    case .bearer:
      guard let token = tokens[scope.joined(separator: " ")], token.expires > csystem_nanoseconds() else { return nil }
      return "Bearer " + token.value
    }
  }

  /// After a 401: gets a new token or login. False if there is nothing more to try and the 401 stands.
  /// - Parameters:
  ///   - used: the `Authorization` that was rejected.
  ///   - origin: the registry; if it uses TLS, so must the realm.
  ///   - send: sends a request to the token service, with the usual retries.
  func renew(
    _ response: HTTPResponse, used: String?, scope: [String], origin: Address, purpose: String,
    send: (HTTPRequest) throws -> HTTPResponse
  ) throws -> Bool {
    lock.lock()
    defer { lock.unlock() }
    if let now = current(scope), now != used { return true }
    let challenges = Challenge.parse(response.all("www-authenticate"))
    if !hasLooked {
      credential = try store.find()
      hasLooked = true
    }
    if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
      func fail(_ reason: String) -> RegistryError { .answer(purpose: purpose, host: origin.host, reason: reason) }
      guard let text = bearer.parameters["realm"], let realm = origin.resolving(text) else {
        throw fail("it names no token service")
      }
      guard realm.isSecure || !origin.isSecure else {
        throw fail("it asks for a token from '\(realm.withoutQuery)', which does not use https")
      }
      let service = bearer.parameters["service"]
      scheme = .bearer(realm: realm, service: service)
      tokens[scope.joined(separator: " ")] = try token(
        realm, service, scope.isEmpty ? bearer.parameters["scope"].map { [$0] } ?? [] : scope, send)
      return true
    }
    guard challenges.contains(where: { $0.scheme == "basic" }), let basic = credential?.basic, basic != used else {
      return false
    }
    scheme = .basic(basic)
    return true
  }

  private func token(
    _ realm: Address, _ service: String?, _ scope: [String], _ send: (HTTPRequest) throws -> HTTPResponse
  ) throws -> Token {
    let purpose = "log in to '\(store.reference.registry)'"
    var request = HTTPRequest(method: "GET", address: realm, purpose: purpose)
    switch credential {
    case .identityToken(let identity):
      var form =
        "grant_type=refresh_token&client_id=draft&refresh_token=\(percentEncoded(identity))"
        + "&scope=\(percentEncoded(scope.joined(separator: " ")))"
      if let service { form += "&service=\(percentEncoded(service))" }
      request.method = "POST"
      request.headers = [("Content-Type", "application/x-www-form-urlencoded")]
      request.body = .bytes(Array(form.utf8))
    case .password(let user, _):
      request.authorization = credential?.basic
      request.address = request.address.adding("account", user)
      fallthrough
    case nil:
      if let service { request.address = request.address.adding("service", service) }
      for scope in scope { request.address = request.address.adding("scope", scope) }
    }
    let response = try send(request)
    switch response.status {
    case 200: break
    case 400, 401, 403:
      throw RegistryError.login(
        purpose: purpose, host: realm.host, status: response.status, detail: RegistryClient.detail(response),
        loggedIn: credential != nil)
    default:
      throw RegistryError.status(
        purpose: purpose, host: realm.host, status: response.status, detail: RegistryClient.detail(response))
    }
    let answer = try? JSON(parsing: response.body)
    guard let value = answer?["token"]?.string ?? answer?["access_token"]?.string, !value.isEmpty,
      value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw RegistryError.answer(purpose: purpose, host: realm.host, reason: "it contains no token")
    }
    // One minute if no lifetime is given; a little less than a given one, since the token has to travel.
    let seconds = min(max(answer?["expires_in"]?.integer ?? 60, 10), 86_400)
    return Token(value: value, expires: csystem_nanoseconds() + UInt64(seconds) * 950_000_000)
  }
}
