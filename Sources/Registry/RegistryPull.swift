import Command
import Glibc
import HTTP
import OCI
import Records

/// Reads from one repository of a registry: its tags, manifests and blobs. For one thread.
package struct RegistryPull {
  private let client: RegistryClient
  private let connection: Connection
  private var scope: [String] { ["repository:\(client.reference.repository):pull"] }

  /// Connects to nothing yet.
  /// - Parameter logins: files with logins to look into after those of docker, podman and buildah.
  /// - Throws: ``LibraryMissing``.
  package init(_ reference: Reference, logins: [String] = [], call: Call) throws {
    let session = RegistrySession(reference, plainHTTP: isNamedPlain(reference.host, call), logins: logins)
    client = RegistryClient(reference, session: session, call: call)
    connection = try Connection()
  }

  /// Tags in a repository at most; more are an error.
  package static let tagLimit = 100_000

  /// Every tag, in the order of the registry, which sends them in pages.
  /// - Throws: ``RegistryError``.
  package func tags() throws -> [String] {
    var tags: [String] = []
    var request = HTTPRequest(
      method: "GET", address: client.address("tags/list?n=1000"), purpose: "list the tags of '\(client.reference.name)'"
    )
    request.answerLimit = 8 << 20
    func fail(_ reason: String) -> RegistryError {
      .answer(purpose: request.purpose, host: client.host, reason: reason)
    }
    while true {
      let response = try client.send(request, on: connection, scope: scope)
      guard response.status == 200 else { throw client.refusal(response, request) }
      guard let json = try? JSON(parsing: response.body) else { throw fail("its list of tags is not JSON") }
      let page = (json["tags"]?.array ?? []).compactMap(\.string)
      tags += page
      guard tags.count <= RegistryPull.tagLimit else { throw fail("it has more than \(RegistryPull.tagLimit) tags") }
      // <…>; rel="next"
      guard !page.isEmpty, let link = response["link"], link.hasPrefix("<"), link.contains("next"),
        let end = link.firstIndex(of: ">")
      else { return tags }
      let next = try client.next(
        String(link[link.index(after: link.startIndex)..<end]), from: request.address, purpose: request.purpose)
      guard next.hasOrigin(of: request.address) else { throw fail("the next page of its tags is on another host") }
      request.address = next
    }
  }

  /// A manifest by tag or digest; nil if the repository has none of that name.
  /// - Throws: ``RegistryError``, also for bytes that do not match the digest.
  package func manifest(_ name: String) throws -> [UInt8]? {
    let accept = ("Accept", Manifest.mediaTypes.joined(separator: ", "))
    let shown = Digest(name).map { "@\($0.short)" } ?? ":\(name)"
    var request = HTTPRequest(
      method: "GET", address: client.address("manifests/\(name)"), purpose: "fetch '\(client.reference.name)\(shown)'",
      headers: [accept])
    request.answerLimit = Manifest.sizeLimit
    let response = try client.send(request, on: connection, scope: scope)
    if response.status == 404 { return nil }
    guard response.status == 200 else { throw client.refusal(response, request) }
    if let digest = Digest(name), Digest(of: response.body) != digest {
      throw RegistryError.answer(purpose: request.purpose, host: client.host, reason: "it sends another manifest")
    }
    return response.body
  }

  /// Writes a blob to a file, from its start. Digest and size are checked.
  /// - Throws: ``RegistryError``, or ``SystemError`` if it cannot be written.
  package func blob(_ blob: Descriptor, to target: Int32) throws {
    var request = HTTPRequest(
      method: "GET", address: client.address("blobs/\(blob.digest)"),
      purpose: "fetch '\(client.reference.name)@\(blob.digest.short)'")
    var retry = Retry()
    while true {
      let download = try Download(to: target, limit: blob.size)
      request.onBody = { download.take($0) }
      let response: HTTPResponse
      do { response = try client.send(request, on: connection, scope: scope, retrying: false) } catch {
        try download.check()
        if download.isTooLong {
          throw RegistryError.answer(purpose: request.purpose, host: client.host, reason: "it sends another blob")
        }
        guard case RegistryError.unreachable(_, let host, _) = error, let pause = retry.pause() else { throw error }
        try client.wait(pause, because: "no answer from \(host)")
        continue
      }
      if Retry.isTransient(response.status), let pause = retry.pause(retryAfter: response["retry-after"]) {
        try client.wait(pause, because: "\(response.status) from \(client.host)")
        continue
      }
      guard response.status == 200 else { throw client.refusal(response, request) }
      let (digest, size) = download.finish()
      guard size == blob.size, blob.digest.algorithm != "sha256" || digest == blob.digest else {
        throw RegistryError.answer(purpose: request.purpose, host: client.host, reason: "it sends another blob")
      }
      return
    }
  }
}
