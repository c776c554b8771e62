import Command
import HTTP
import Records

/// A bucket of Google Cloud Storage, by its JSON API: https://cloud.google.com/storage/docs/json_api
package struct GoogleStore: ObjectStore {
  private let bucket: String
  /// In front of every key; ends in `/` unless it is empty.
  private let prefix: String
  private let origin: Address
  private let authorization: String?
  private let client: StoreClient

  /// The token is GOOGLE_OAUTH_ACCESS_TOKEN, else that of `gcloud auth print-access-token`. STORAGE_EMULATOR_HOST is
  /// another server, which needs none.
  /// - Throws: ``StorageError/noCredentials(_:reason:hint:)``.
  package init(bucket: String, path: String, call: Call) throws {
    self.bucket = bucket
    prefix = path.isEmpty || path.hasSuffix("/") ? path : path + "/"
    let emulator = call.variable("STORAGE_EMULATOR_HOST")
    let text = emulator.map { $0.contains("://") ? $0 : "http://" + $0 } ?? "https://storage.googleapis.com"
    guard let origin = Address(text) else {
      throw StorageError.badDestination("gs://\(bucket)", reason: "STORAGE_EMULATOR_HOST is not a host: '\(text)'")
    }
    self.origin = origin
    let hint = "try 'gcloud auth login', or set GOOGLE_OAUTH_ACCESS_TOKEN"
    if let token = call.variable("GOOGLE_OAUTH_ACCESS_TOKEN") {
      authorization = "Bearer " + token
    } else if emulator != nil {
      authorization = nil
    } else {
      func none(_ reason: String) -> StorageError { .noCredentials("gs://\(bucket)", reason: reason, hint: hint) }
      guard Child.find("gcloud") != nil else { throw none("there is neither a token nor gcloud") }
      let result = try Child.run(["gcloud", "auth", "print-access-token"], output: .capture, errors: .capture)
      let token = result.outputText.trimmed
      guard result.succeeded, !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw none("gcloud: " + (result.errorText.lines.first.map { String($0).trimmed } ?? "it prints no token"))
      }
      authorization = "Bearer " + token
    }
    client = try StoreClient(login: hint, call: call)
  }

  package var shown: String { "gs://\(bucket)" + (prefix.isEmpty ? "" : "/" + String(prefix.dropLast())) }
  package var keepsConditions: Bool? { nil }
  package var noVersion: String { "1" }

  private func request(_ method: String, _ path: String, _ query: [(String, String)], _ purpose: String) -> HTTPRequest
  {
    var address = origin
    address.target = path
    for (name, value) in query { address = address.adding(name, value) }
    var request = HTTPRequest(method: method, address: address, purpose: purpose)
    request.authorization = authorization
    return request
  }

  package func get(_ key: String, limit: Int) throws -> StoredObject? {
    var request = request(
      "GET", "/storage/v1/b/\(percentEncoded(bucket))/o/\(percentEncoded(prefix + key))", [("alt", "media")],
      "fetch '\(address(of: key))'")
    request.answerLimit = limit
    let response = try client.send(request)
    switch response.status {
    case 200: return StoredObject(bytes: response.body, version: response["x-goog-generation"])
    case 404: return nil
    default: throw client.refusal(response, request)
    }
  }

  package func put(_ key: String, _ bytes: [UInt8], type: String, if condition: StoreCondition) throws -> Bool {
    var query = [("uploadType", "multipart"), ("name", prefix + key)]
    switch condition {
    case .always: break
    case .absent: query.append(("ifGenerationMatch", "0"))
    case .unchanged(let version): query.append(("ifGenerationMatch", version))
    }
    var request = request(
      "POST", "/upload/storage/v1/b/\(percentEncoded(bucket))/o", query, "upload '\(address(of: key))'")
    // Google keeps public objects in caches for an hour unless it is told otherwise.
    let about = JSON.members([
      "name": .string(prefix + key), "contentType": .string(type),
      "cacheControl": key == "index.yaml" ? .string("no-cache") : nil
    ])
    let boundary = "draft-4f9d9bfb5ab055f5"
    request.headers = [("Content-Type", "multipart/related; boundary=\(boundary)")]
    request.body = .bytes(
      Array("--\(boundary)\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n".utf8) + about.bytes
        + Array("\r\n--\(boundary)\r\nContent-Type: \(type)\r\n\r\n".utf8) + bytes
        + Array("\r\n--\(boundary)--\r\n".utf8))
    request.stallSeconds = 300
    let response = try client.send(request)
    switch response.status {
    case 200, 201: return true
    case 412 where condition != .always: return false
    case 404: throw StorageError.noBucket(bucket)
    default: throw client.refusal(response, request)
    }
  }

  package func list(_ below: String) throws -> [String]? {
    var names: [String] = [], token: String?
    let prefix = prefix + below
    repeat {
      var request = request(
        "GET", "/storage/v1/b/\(percentEncoded(bucket))/o",
        [("prefix", prefix), ("fields", "items(name),nextPageToken")] + (token.map { [("pageToken", $0)] } ?? []),
        "list '\(address(of: below))'")
      request.answerLimit = 16 << 20
      let response = try client.send(request)
      guard response.status == 200, let json = try? JSON(parsing: response.body) else {
        throw client.refusal(response, request)
      }
      names += (json["items"]?.array ?? []).compactMap { $0["name"]?.string.flatMap { Text.after(prefix, in: $0) } }
      token = json["nextPageToken"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    } while token != nil
    return names
  }
}
