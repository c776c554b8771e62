import Command
import Images
import Records
import Settings

/// Whether the registry of an application answers, and to whom. Asks for a tag that need not be there.
public func checkRegistry(_ app: String, settings: Settings, call: Call) -> Doctor.Check {
  guard let registry = settings.registry else {
    return .init("registry", .ok, "none is set: images stay on this machine", hint: nil)
  }
  do {
    let reference = try Reference("\(registry)/\(app)")
    let session = RegistrySession(reference, plainHTTP: speaksPlainHTTP(reference.host, call))
    let client = RegistryClient(reference, session: session, call: call), connection = try Connections.shared.take(reference.host)
    let request = HTTPRequest(method: "HEAD", address: client.address("manifests/latest"), purpose: "ask '\(registry)' for '\(app)'")
    let response = try client.send(request, on: connection, scope: [client.pushScope], retrying: false)
    guard [200, 404].contains(response.status) else { throw client.refusal(response, request) }
    if !session.authorizer.wasAsked { return .init("registry", .ok, "'\(registry)' answers, and wants no login") }
    if session.authorizer.loggedIn { return .init("registry", .ok, "'\(registry)' answers, and takes the login") }
    return .init("registry", .warning, "'\(registry)' answers, and nobody is logged in", hint: RegistryError.login(reference.host))
  } catch {
    let diagnosis = error as? any Diagnosis
    return .init("registry", .failure, diagnosis?.message ?? "\(error)", hint: diagnosis?.hint)
  }
}
