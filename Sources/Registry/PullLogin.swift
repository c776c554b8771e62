import Command
import HTTP
import Images
import OCI
import Records

/// What a cluster needs to pull an image.
public enum PullLogin {
  /// There is no login for the image's registry here, or the registry serves the image without one.
  case notNeeded
  /// The registry, and the entry for it in `auths` of a `.dockerconfigjson`. A secret.
  case entry(registry: String, JSON)
  /// The login is of a kind that Kubernetes does not support.
  case identityToken(registry: String)
}

/// Finds the login for an image's registry, as stored by `docker login` and others, and asks the registry whether it
/// requires one. A registry that cannot be reached from here counts as requiring it. Throws a ``Diagnosis`` for a login
/// that cannot be read.
public func pullLogin(for image: Image, call: Call) throws -> PullLogin {
  guard Reference.isQualified(image.repository) else { return .notNeeded }
  var reference = try Reference(image.repository)
  reference.tag = image.tag
  guard let credential = try CredentialStore(reference: reference).find() else { return .notNeeded }
  if answersAnybody(reference, call: call) { return .notNeeded }
  guard case let .password(user, password) = credential else { return .identityToken(registry: reference.registry) }
  let auth = Base64.encode(Array("\(user):\(password)".utf8))
  // The kubelet knows Docker Hub by its old name.
  let key = reference.registry == "docker.io" ? "https://index.docker.io/v1/" : reference.registry
  return .entry(
    registry: key, .members(["username": .string(user), "password": .string(password), "auth": .string(auth)]))
}

private func answersAnybody(_ reference: Reference, call: Call) -> Bool {
  let session = RegistrySession(reference, plainHTTP: isNamedPlain(reference.host, call), anonymous: true)
  let client = RegistryClient(reference, session: session, call: call)
  let accept = ("Accept", Manifest.mediaTypes.joined(separator: ", "))
  let request = HTTPRequest(
    method: "HEAD", address: client.address("manifests/\(reference.tag ?? "latest")"),
    purpose: "ask for '\(reference)'", headers: [accept])
  guard let connection = try? Connection(),
    let response = try? client.send(
      request, on: connection, scope: ["repository:\(reference.repository):pull"], retrying: false)
  else { return false }
  return response.status == 200
}
