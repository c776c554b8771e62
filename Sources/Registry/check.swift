import Command
import HTTP
import Images
import OCI
import Records
import Settings

/// Whether the registry of an application answers, and with which login. Asks for a tag that need not exist.
public func checkRegistry(_ app: String, settings: Settings, call: Call) -> Doctor.Check {
  guard let registry = settings.registry else {
    return .init("registry", .ok, "none is set: images stay on this machine", hint: nil)
  }
  do {
    let reference = try Reference("\(registry)/\(app)")
    let session = try ask(reference, registry: registry, call: call)
    if !session.authorizer.wasAsked { return .init("registry", .ok, "'\(registry)' answers, and needs no login") }
    if session.authorizer.loggedIn { return .init("registry", .ok, "'\(registry)' answers, and accepts the login") }
    return .init(
      "registry", .warning, "'\(registry)' answers, but you are not logged in",
      hint: RegistryError.login(reference.host))
  } catch {
    let diagnosis = diagnosis(of: error)
    return .init("registry", .failure, diagnosis.message, hint: diagnosis.hint)
  }
}

/// Asks the registry as a push would.
private func ask(_ reference: Reference, registry: String, call: Call) throws -> RegistrySession {
  let name = reference.repository.split(separator: "/").last.map(String.init) ?? reference.repository
  let session = RegistrySession(reference, plainHTTP: isNamedPlain(reference.host, call))
  let client = RegistryClient(reference, session: session, call: call)
  let connection = try client.connections.take(reference.host)
  let request = HTTPRequest(
    method: "HEAD", address: client.address("manifests/latest"), purpose: "ask '\(registry)' for '\(name)'")
  let response = try client.send(request, on: connection, scope: [client.pushScope], retrying: false)
  guard [200, 404].contains(response.status) else { throw client.refusal(response, request) }
  return session
}

/// Checks that there is a login for the configured registry or that it needs none: by the files of logins and by
/// earlier pushes, else by asking it.
/// - Throws: ``RegistryError``: 69 if it does not answer, 77 if it requires a login.
public func requireLogin(_ app: String, settings: Settings, home: Home, call: Call) throws {
  guard let registry = settings.registry else { return }
  let reference = try Reference("\(registry)/\(app)")
  if try CredentialStore(reference: reference).knows() { return }
  if try PushMemory(registry: reference.registry, home: home).known(of: reference.repository) != nil { return }
  let authorizer: Authorizer
  do { authorizer = try ask(reference, registry: registry, call: call).authorizer } catch RegistryError.status(
    _, _, let status, _) where status >= 500 || status == 429
  {
    // The registry has a temporary problem, and a push retries.
    return
  }
  guard authorizer.wasAsked, !authorizer.loggedIn else { return }
  throw RegistryError.login(
    purpose: "push to '\(registry)'", host: reference.host, status: 401, detail: nil, loggedIn: false)
}
