import Command
import HTTP

/// A web server that takes PUT, as WebDAV does. Names in a directory are asked for with PROPFIND.
package struct WebStore: ObjectStore {
  private let base: Address
  private let client: StoreClient
  private let authorization: String?

  /// - Parameters:
  ///   - base: the address of the repository. Its query, a token perhaps, goes with every request.
  ///   - authorization: for the host of that address alone.
  ///   - login: the hint for whoever has none.
  package init(
    _ base: Address, authorization: String?, certificates: Certificates = .shared, login: String, call: Call
  ) throws {
    var base = base
    let path = base.target.prefix { $0 != "?" }
    if path.hasSuffix("/") { base.target = String(path.dropLast() + base.target[path.endIndex...]) }
    self.base = base
    self.authorization = authorization
    client = try StoreClient(login: login, certificates: certificates, call: call)
  }

  package var shown: String { base.withoutQuery }
  package var keepsConditions: Bool? { nil }
  package var noVersion: String { "\"draft\"" }

  private func request(_ method: String, _ key: String, _ purpose: String) -> HTTPRequest {
    var address = base
    let path = base.target.prefix { $0 != "?" }
    address.target = path + "/" + encodedPath(key) + base.target[path.endIndex...]
    var request = HTTPRequest(method: method, address: address, purpose: "\(purpose) '\(self.address(of: key))'")
    request.authorization = authorization
    return request
  }

  package func get(_ key: String, limit: Int) throws -> StoredObject? {
    var request = request("GET", key, "fetch")
    request.answerLimit = limit
    let response = try client.send(request)
    switch response.status {
    case 200:
      // A weak tag never matches in a condition.
      return StoredObject(bytes: response.body, version: response["etag"].flatMap { $0.hasPrefix("\"") ? $0 : nil })
    case 404, 410: return nil
    default: throw client.refusal(response, request)
    }
  }

  package func put(_ key: String, _ bytes: [UInt8], type: String, if condition: StoreCondition) throws -> Bool {
    var request = request("PUT", key, "upload")
    request.headers = [("Content-Type", type)]
    switch condition {
    case .always: break
    case .absent: request.headers.append(("If-None-Match", "*"))
    case .unchanged(let version): request.headers.append(("If-Match", version))
    }
    request.body = .bytes(bytes)
    request.stallSeconds = 300
    var response = try client.send(request)
    if [404, 409].contains(response.status), let slash = key.lastIndex(of: "/") {
      // WebDAV makes no directories by itself.
      _ = try client.send(self.request("MKCOL", String(key[...slash]), "make"))
      response = try client.send(request)
    }
    switch response.status {
    case 200, 201, 202, 204: return true
    case 412 where condition != .always: return false
    case 404 where condition == .unchanged(noVersion): return false
    default: throw client.refusal(response, request)
    }
  }

  package func list(_ prefix: String) throws -> [String]? {
    var request = request("PROPFIND", prefix, "list")
    request.headers = [("Depth", "1")]
    request.answerLimit = 64 << 20
    let response: HTTPResponse
    do { response = try client.send(request) } catch StorageError.login { return nil }
    switch response.status {
    case 207: break
    case 404: return []
    default: return nil
    }
    return XML.texts("href", in: response.body).compactMap { href in
      href.hasSuffix("/") ? nil : href.split(separator: "/").last.map { decodedPercent(String($0)) }
    }
  }
}
