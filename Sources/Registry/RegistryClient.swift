import Command
import Glibc
import HTTP
import Images
import OCI
import Records

/// The distribution API of one registry, for one repository. Safe to use from several threads, each with its own
/// ``Connection``.
///
/// Every request goes through ``send(_:on:scope:retrying:)``: it authenticates, renews a token once, follows redirects
/// without ever sending a secret to another host or from https to http, and retries after a pause if that can help.
/// Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md
final class RegistryClient: @unchecked Sendable {
  let reference: Reference
  private let plainHTTP: Bool
  let call: Call
  private let session: RegistrySession
  private let lock = Lock()
  private var isStopped = false

  /// - Parameter plainHTTP: use no TLS with a registry that is not on this machine.
  convenience init(_ reference: Reference, plainHTTP: Bool, call: Call) {
    self.init(reference, session: RegistrySession(reference, plainHTTP: plainHTTP), call: call)
  }

  /// - Parameter plainHTTP: speak without TLS to this registry, for whatever repository.
  init(_ reference: Reference, session: RegistrySession, plainHTTP: Bool = false, call: Call) {
    self.reference = reference
    self.session = session
    self.plainHTTP = plainHTTP
    self.call = call
  }

  /// A client for another repository, possibly of another registry.
  func other(_ reference: Reference) -> RegistryClient {
    let asked = plainHTTP && reference.host == host
    let session = call.memory.value(RegistrySession.Known.init).session(
      reference, plainHTTP: asked || isNamedPlain(reference.host, call))
    return RegistryClient(reference, session: session, plainHTTP: asked, call: call)
  }

  /// The same client, not stopped.
  func again() -> RegistryClient { RegistryClient(reference, session: session, plainHTTP: plainHTTP, call: call) }

  private var authorizer: Authorizer { session.authorizer }
  var host: String { reference.host }
  var connections: Connections { call.memory.value(Connections.init) }
  var pushScope: String { "repository:\(reference.repository):pull,push" }

  /// An address of the repository: `path` follows `/v2/NAME/`.
  func address(_ path: String) -> Address {
    let origin = session.origin
    return Address(isSecure: origin.isSecure, host: origin.host, target: "/v2/\(reference.repository)/\(path)")
  }

  /// Ends all waiting; transfers stop at their next byte.
  func stop() { lock.locked { isStopped = true } }
  var stopped: Bool { lock.locked { isStopped } }

  /// Sends a request, with retries, until there is a usable answer. Statuses other than 401 and 403 are left to the
  /// caller.
  /// - Parameter retrying: false for a part of an upload, which must first ask how far it has come.
  func send(_ request: HTTPRequest, on connection: Connection, scope: [String], retrying: Bool = true) throws
    -> HTTPResponse
  {
    var request = request
    request.mayRepeat = retrying
    let onSent = request.onSent
    request.onSent = { [self] count in !stopped && onSent?(count) ?? true }
    var retry = Retry()
    while true {
      do {
        let response = try authorized(request, on: connection, scope: scope, retrying: retrying)
        guard retrying, Retry.isTransient(response.status), let pause = retry.pause(retryAfter: response["retry-after"])
        else { return response }
        try wait(pause, because: "\(response.status) from \(request.address.host)")
      } catch let error as TransportError {
        guard retrying, error.isTransient, let pause = retry.pause() else { throw RegistryClient.tell(error, request) }
        try wait(pause, because: "no answer from \(request.address.host)")
      }
    }
  }

  private func authorized(_ request: HTTPRequest, on connection: Connection, scope: [String], retrying: Bool) throws
    -> HTTPResponse
  {
    var request = request
    var renewed = false
    while true {
      let origin = session.origin
      let isOurs = request.address.hasOrigin(of: origin)
      request.authorization = isOurs ? authorizer.header(for: scope) : nil
      let (response, answerer) = try followed(request, on: connection)
      if isOurs, !origin.isSecure, response.status == 400, session.turnsSecure(on: connection) {
        request.address = Address(isSecure: true, host: request.address.host, target: request.address.target)
        continue
      }
      // A 401 of a host we were redirected to must not decide who receives the login.
      guard response.status == 401, isOurs, answerer.hasOrigin(of: origin) else { return response }
      if !renewed {
        renewed = true
        let again = try authorizer.renew(
          response, used: request.authorization, scope: scope, origin: origin, purpose: request.purpose
        ) { token in
          try sendToTokenService(token, on: connection)
        }
        if again { continue }
      }
      return response
    }
  }

  /// The token service is not part of the registry: it has its own retries and its own authorization.
  private func sendToTokenService(_ request: HTTPRequest, on connection: Connection) throws -> HTTPResponse {
    var retry = Retry()
    while true {
      do {
        let response = try followed(request, on: connection).response
        guard Retry.isTransient(response.status), let pause = retry.pause(retryAfter: response["retry-after"]) else {
          return response
        }
        try wait(pause, because: "\(response.status) from \(request.address.host)")
      } catch let error as TransportError {
        guard error.isTransient, let pause = retry.pause() else { throw RegistryClient.tell(error, request) }
        try wait(pause, because: "no answer from \(request.address.host)")
      }
    }
  }

  /// One exchange with its redirects: any for GET and HEAD; for other methods only those that keep the method.
  private func followed(_ request: HTTPRequest, on connection: Connection) throws -> (
    response: HTTPResponse, address: Address
  ) {
    var request = request
    for _ in 0..<6 {
      let response = try connection.send(request)
      call.debug("\(request.method) \(request.address.withoutQuery): \(response.status)")
      let keepsMethod = [307, 308].contains(response.status)
      guard keepsMethod || ([301, 302, 303].contains(response.status) && ["GET", "HEAD"].contains(request.method)),
        let location = response["location"]
      else { return (response, request.address) }
      let next = try self.next(location, from: request.address, purpose: request.purpose)
      if !next.hasOrigin(of: request.address) {
        // A form for a token service is itself secret.
        if request.headers.contains(where: { $0.value == "application/x-www-form-urlencoded" }) {
          throw RegistryError.answer(
            purpose: request.purpose, host: request.address.host, reason: "it redirects a login to another host")
        }
        request.authorization = nil
      }
      request.address = next
    }
    throw RegistryError.answer(purpose: request.purpose, host: request.address.host, reason: "too many redirects")
  }

  /// The target of a `Location`, if a client may go there.
  func next(_ location: String?, from address: Address, purpose: String) throws(RegistryError) -> Address {
    guard let location, let next = address.resolving(location) else {
      throw .answer(purpose: purpose, host: address.host, reason: "its Location cannot be followed")
    }
    guard next.isSecure || !address.isSecure else {
      throw .answer(purpose: purpose, host: address.host, reason: "it redirects from https to http")
    }
    return next
  }

  func wait(_ seconds: Double, because reason: String) throws {
    call.debug("\(reason); trying again in \(formatted(seconds, digits: 2)) s")
    if seconds >= 1 { call.say("\(reason); trying again in \(formatted(seconds, digits: 0)) s") }
    var left = Int(seconds * 1000)
    while left > 0 {
      if stopped { throw TransportError.givenUp }
      usleep(UInt32(min(left, 100)) * 1000)
      left -= 100
    }
  }

  /// The error for an unexpected status.
  func refusal(_ response: HTTPResponse, _ request: HTTPRequest) -> RegistryError {
    let detail = RegistryClient.detail(response), host = request.address.host
    if request.address.host == self.host, response.status == 401 || response.status == 403 {
      return .login(
        purpose: request.purpose, host: host, status: response.status, detail: detail, loggedIn: authorizer.loggedIn)
    }
    if (200..<400).contains(response.status) {
      return .answer(purpose: request.purpose, host: host, reason: "status \(response.status)")
    }
    return .status(purpose: request.purpose, host: host, status: response.status, detail: detail)
  }

  static func tell(_ error: TransportError, _ request: HTTPRequest) -> any Error {
    let purpose = request.purpose, host = request.address.host
    return switch error {
    case .unreachable(let reason), .broken(let reason):
      RegistryError.unreachable(purpose: purpose, host: host, reason: reason)
    case .tls(let reason): RegistryError.tls(purpose: purpose, host: host, reason: reason)
    case .malformed(let reason): RegistryError.answer(purpose: purpose, host: host, reason: reason)
    case .unreadable, .givenUp: error
    }
  }

  /// A registry's own message in one short, cleaned line: `DENIED: requested access to the resource is denied`.
  static func detail(_ response: HTTPResponse) -> String? {
    guard let json = try? JSON(parsing: response.body) else { return nil }
    let first = json["errors"]?.array?.first
    let words = [first?["code"]?.string, first?["message"]?.string].compactMap { $0 }.filter { !$0.isEmpty }
    let text =
      words.isEmpty
      ? (json["details"]?.string ?? json["error_description"]?.string ?? json["error"]?.string ?? "")
      : words.joined(separator: ": ")
    let clean = String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(200).map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : $0 }))
    return clean.isEmpty ? nil : clean
  }
}
