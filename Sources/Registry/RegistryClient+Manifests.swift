import HTTP
import Images
import OCI

extension RegistryClient {
  /// The digest of the manifest that a tag names; nil if the registry has none. Usually one request.
  func digest(ofTag tag: String, on connection: Connection) throws -> Digest? {
    let accept = ("Accept", Manifest.mediaTypes.joined(separator: ", "))
    var request = HTTPRequest(
      method: "HEAD", address: address("manifests/\(tag)"), purpose: "look up '\(reference.name):\(tag)'",
      headers: [accept])
    var response = try send(request, on: connection, scope: [pushScope])
    switch response.status {
    case 200: break
    // Some answer 403 for a repository that does not exist yet; if we may not write, the first upload says so, with a
    // reason.
    case 403, 404, 405: return nil
    default: throw refusal(response, request)
    }
    if let digest = response["docker-content-digest"].flatMap(Digest.init) { return digest }
    request.method = "GET"
    request.answerLimit = Manifest.sizeLimit
    response = try send(request, on: connection, scope: [pushScope])
    guard response.status == 200 else { throw refusal(response, request) }
    return Digest(of: response.body)
  }

  /// Whether the repository has a manifest. Anything but a clear yes counts as no.
  func hasManifest(_ digest: Digest, on connection: Connection) throws -> Bool {
    let accept = ("Accept", Manifest.mediaTypes.joined(separator: ", "))
    let request = HTTPRequest(
      method: "HEAD", address: address("manifests/\(digest)"), purpose: "look up '\(reference.name)@\(digest.short)'",
      headers: [accept])
    return try send(request, on: connection, scope: [pushScope]).status == 200
  }

  /// Stores a manifest under a tag or its digest. All its blobs must be there.
  func put(_ manifest: Manifest, as name: String, on connection: Connection) throws {
    var request = HTTPRequest(
      method: "PUT", address: address("manifests/\(name)"),
      purpose: "put '\(reference.name)\(name.contains(":") ? "@" : ":")\(Digest(name)?.short ?? name)'",
      headers: [("Content-Type", manifest.mediaType)])
    request.body = .bytes(manifest.bytes)
    request.stallSeconds = 300
    var response = try send(request, on: connection, scope: [pushScope])
    // Docker's registry answers this while another push of the same manifest writes the file. Ours is right: it was
    // hashed here.
    var retry = Retry()
    while response.status == 400, RegistryClient.detail(response)?.hasPrefix("DIGEST_INVALID") == true,
      let pause = retry.pause()
    {
      try wait(pause, because: "another push of the same manifest")
      response = try send(request, on: connection, scope: [pushScope])
    }
    guard response.status == 201 else { throw refusal(response, request) }
    if let digest = response["docker-content-digest"], digest != manifest.descriptor.digest.description {
      throw RegistryError.answer(
        purpose: request.purpose, host: host, reason: "it stored a manifest other than the one sent")
    }
  }
}
