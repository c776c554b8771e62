import Command
import HTTP
import OCI

/// A bucket of S3, or of a server that is compatible with it. libcurl signs.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
package struct S3Store: ObjectStore {
  private let bucket: String
  /// In front of every key; ends in `/` unless it is empty.
  private let prefix: String
  private let account: AWSAccount
  private let origin: Address
  /// The path of the bucket: empty where it is part of the host.
  private let root: String
  private let client: StoreClient

  /// - Parameters:
  ///   - bucket: its name.
  ///   - path: in the bucket, as it is: not percent-encoded.
  package init(bucket: String, path: String, account: AWSAccount, call: Call) throws {
    self.bucket = bucket
    self.account = account
    prefix = path.isEmpty || path.hasSuffix("/") ? path : path + "/"
    (origin, root) = try account.address(of: bucket)
    client = try StoreClient(
      login: "may the key write there? draft-publish(1) says where keys are looked for", call: call)
  }

  package var shown: String { "s3://\(bucket)" + (prefix.isEmpty ? "" : "/" + String(prefix.dropLast())) }
  package var keepsConditions: Bool? { nil }
  package var noVersion: String { "\"draft\"" }

  /// - Parameter query: sorted by name, as the signature wants it.
  private func request(
    _ method: String, _ key: String?, _ purpose: String, body: [UInt8] = [], type: String? = nil,
    query: [(String, String)] = []
  ) -> HTTPRequest {
    var address = origin
    address.target = root + (key.map { "/" + encodedPath(prefix + $0) } ?? "")
    if address.target.isEmpty { address.target = "/" }
    for (name, value) in query { address = address.adding(name, value) }
    var request = HTTPRequest(
      method: method, address: address, purpose: "\(purpose) '\(key.map { self.address(of: $0) } ?? shown)'")
    request.headers = [("x-amz-content-sha256", Digest(of: body).hex)]
    if let token = account.token { request.headers.append(("x-amz-security-token", token)) }
    if let type { request.headers.append(("Content-Type", type)) }
    if type != nil { request.body = .bytes(body) }
    request.signature = HTTPRequest.Signature(region: account.region, key: account.key, secret: account.secret)
    return request
  }

  private func send(_ request: HTTPRequest) throws -> HTTPResponse {
    let response = try client.send(request)
    if [301, 307, 400].contains(response.status), let region = response["x-amz-bucket-region"], region != account.region
    {
      throw StorageError.region(purpose: request.purpose, bucket: bucket, region: region)
    }
    if response.status == 404, XML.text("Code", in: response.body) == "NoSuchBucket" {
      throw StorageError.noBucket(bucket)
    }
    return response
  }

  package func get(_ key: String, limit: Int) throws -> StoredObject? {
    var request = request("GET", key, "fetch")
    request.answerLimit = limit
    let response = try send(request)
    switch response.status {
    case 200: return StoredObject(bytes: response.body, version: response["etag"])
    case 404: return nil
    default: throw client.refusal(response, request)
    }
  }

  package func put(_ key: String, _ bytes: [UInt8], type: String, if condition: StoreCondition) throws -> Bool {
    var request = request("PUT", key, "upload", body: bytes, type: type)
    if key == "index.yaml" { request.headers.append(("Cache-Control", "no-cache")) }
    switch condition {
    case .always: break
    case .absent: request.headers.append(("If-None-Match", "*"))
    case .unchanged(let version): request.headers.append(("If-Match", version))
    }
    request.stallSeconds = 300
    for _ in 0..<20 {
      let response = try send(request)
      switch response.status {
      case 200, 201, 204: return true
      case 412 where condition != .always: return false
      // There is nothing that could match.
      case 404: if case .unchanged = condition { return false }
      // Two writers met; the server wants the request again.
      case 409 where XML.text("Code", in: response.body) == "ConditionalRequestConflict": continue
      default: break
      }
      throw client.refusal(response, request)
    }
    return false
  }

  package func list(_ below: String) throws -> [String]? {
    var names: [String] = [], token: String?
    let prefix = prefix + below
    repeat {
      var query = [("encoding-type", "url"), ("list-type", "2"), ("prefix", prefix)]
      if let token { query.insert(("continuation-token", token), at: 0) }
      var request = request("GET", nil, "list", query: query)
      request.answerLimit = 16 << 20
      let response = try send(request)
      guard response.status == 200 else { throw client.refusal(response, request) }
      let keys = XML.texts("Key", in: response.body).map { decodedPercent($0.replacing("+", with: " ")) }
      names += keys.compactMap { Text.after(prefix, in: $0) }
      token =
        XML.text("IsTruncated", in: response.body) == "true"
        ? XML.text("NextContinuationToken", in: response.body) : nil
    } while token != nil
    return names
  }
}

enum Text {
  /// What stands after a prefix, by bytes; nil if the text does not begin with it.
  static func after(_ prefix: String, in text: String) -> String? {
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    return String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }
}
