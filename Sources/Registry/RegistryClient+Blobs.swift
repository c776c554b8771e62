import HTTP
import Images
import OCI
import Records

extension RegistryClient {
  func hasBlob(_ descriptor: Descriptor, on connection: Connection) throws -> Bool {
    let request = HTTPRequest(
      method: "HEAD", address: address("blobs/\(descriptor.digest)"), purpose: uploadPurpose(descriptor))
    let response = try send(request, on: connection, scope: [pushScope])
    switch response.status {
    case 200: return true
    case 403, 404, 405: return false
    default: throw refusal(response, request)
    }
  }

  /// Opens an upload; returns the address to write to.
  func startUpload(_ descriptor: Descriptor, on connection: Connection) throws -> Upload {
    let request = HTTPRequest(
      method: "POST", address: address("blobs/uploads/"), purpose: uploadPurpose(descriptor), body: .bytes([]))
    let response = try send(request, on: connection, scope: [pushScope])
    guard response.status == 202 else { throw refusal(response, request) }
    return try upload(response, request)
  }

  enum MountResult { case mounted, upload(Upload), refused }

  /// Mounts a blob of another repository of the same registry. A registry that cannot do that opens an upload instead.
  func mount(_ descriptor: Descriptor, from repository: String, on connection: Connection) throws -> MountResult {
    let address = address("blobs/uploads/").adding("mount", descriptor.digest.description).adding("from", repository)
    let request = HTTPRequest(method: "POST", address: address, purpose: uploadPurpose(descriptor), body: .bytes([]))
    let response: HTTPResponse
    // Write access here without read access there is not an error.
    do {
      response = try send(request, on: connection, scope: ["repository:\(repository):pull", pushScope].sorted())
    } catch RegistryError.login { return .refused }
    switch response.status {
    case 201: return .mounted
    case 202: return .upload(try upload(response, request))
    default: return .refused
    }
  }

  struct Upload {
    var address: Address
    /// The smallest chunk that the registry accepts, except for the last one.
    var minimumChunk: Int
  }

  func upload(_ response: HTTPResponse, _ request: HTTPRequest) throws -> Upload {
    let minimum = response["oci-chunk-min-length"].flatMap { Number.whole($0) } ?? 0
    return Upload(
      address: try next(response["location"], from: request.address, purpose: request.purpose),
      minimumChunk: max(0, minimum))
  }

  func uploadPurpose(_ descriptor: Descriptor) -> String {
    "upload '\(reference.repository)@\(descriptor.digest.short)'"
  }
}
