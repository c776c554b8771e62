import Command
import Glibc
import HTTP
import OCI
import Records

/// Sends the requests of a store, with retries. An authorization goes to the host of the request and to no other: a
/// redirect to another host is followed without it, and a signed request follows none.
struct StoreClient {
  let call: Call
  private let connection: Connection
  /// For 401 and 403.
  let login: String

  init(login: String, certificates: Certificates = .shared, call: Call) throws(LibraryMissing) {
    connection = try Connection(certificates: certificates)
    self.login = login
    self.call = call
  }

  /// - Parameter authorize: sets what proves who we are, for each try: signatures carry the time.
  /// - Returns: an answer that is neither a redirect nor a refusal of the login, nor one that may pass.
  func send(_ request: HTTPRequest, authorize: (inout HTTPRequest) -> Void = { _ in }) throws -> HTTPResponse {
    var retry = Retry()
    while true {
      var request = request
      authorize(&request)
      do {
        let (response, host) = try followed(request)
        if Retry.isTransient(response.status), let pause = retry.pause(retryAfter: response["retry-after"]) {
          wait(pause, because: "\(response.status) from \(host)")
          continue
        }
        if [401, 403].contains(response.status) { throw refusal(response, request) }
        return response
      } catch let error as TransportError {
        let host = request.address.host
        if case .malformed(let reason) = error, reason.hasPrefix("the response is longer") {
          throw StorageError.tooLarge(purpose: request.purpose, limit: request.answerLimit)
        }
        // A server that sends more or less than it has announced leaves what looks like no HTTP on the connection.
        var mayPass = error.isTransient
        if case .malformed = error { mayPass = true }
        guard mayPass, let pause = retry.pause() else {
          throw StorageError(error, purpose: request.purpose, host: host)
        }
        wait(pause, because: "no answer from \(host)")
      }
    }
  }

  private func followed(_ request: HTTPRequest) throws -> (response: HTTPResponse, host: String) {
    var request = request
    for _ in 0..<6 {
      let response = try connection.send(request)
      call.debug("\(request.method) \(request.address.withoutQuery): \(response.status)")
      let keepsMethod = [307, 308].contains(response.status)
      guard keepsMethod || ([301, 302, 303].contains(response.status) && request.method == "GET"),
        request.signature == nil
      else { return (response, request.address.host) }
      func bad(_ reason: String) -> StorageError {
        .answer(purpose: request.purpose, host: request.address.host, reason: reason)
      }
      guard let next = response["location"].flatMap(request.address.resolving) else {
        throw bad("its Location cannot be followed")
      }
      guard next.isSecure || !request.address.isSecure else { throw bad("it redirects from https to http") }
      if !next.hasOrigin(of: request.address) { request.authorization = nil }
      request.address = next
    }
    throw StorageError.answer(purpose: request.purpose, host: request.address.host, reason: "too many redirects")
  }

  /// The error for an unexpected answer.
  func refusal(_ response: HTTPResponse, _ request: HTTPRequest) -> StorageError {
    let host = request.address.host, purpose = request.purpose
    if let ahead = StoreClient.clock(response) { return .clock(purpose: purpose, host: host, ahead: ahead) }
    let detail = StoreClient.detail(response)
    switch response.status {
    case 401, 403:
      return .login(purpose: purpose, host: host, status: response.status, detail: detail, hint: login)
    case 200..<400:
      let to = response["location"].flatMap { request.address.resolving($0) }
      return .answer(
        purpose: purpose, host: host,
        reason: to.map { "it redirects to \($0.host), which cannot be followed" } ?? "status \(response.status)")
    default: return .status(purpose: purpose, host: host, status: response.status, detail: detail)
    }
  }

  /// How far our clock is ahead, in seconds, if the server says that it is too far off.
  private static func clock(_ response: HTTPResponse) -> Int? {
    guard XML.text("Code", in: response.body) == "RequestTimeTooSkewed" else { return nil }
    let theirs =
      XML.text("ServerTime", in: response.body).flatMap { Instant($0)?.seconds }
      ?? response["date"].flatMap { Retry.seconds($0, now: 0) }.map { Int($0) }
    return theirs.map { Int(time(nil)) - $0 } ?? 0
  }

  /// The server's own message in one short, cleaned line: that of S3, Google or WebDAV.
  static func detail(_ response: HTTPResponse) -> String? {
    let words: [String?]
    if let json = try? JSON(parsing: response.body) {
      words = [json["error"]?["message"]?.string ?? json["error_description"]?.string]
    } else {
      words = [XML.text("Code", in: response.body), XML.text("Message", in: response.body)]
    }
    let text = words.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
    let clean = String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(200).map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? " " : $0 }))
    return clean.isEmpty ? nil : clean
  }

  private func wait(_ seconds: Double, because reason: String) {
    call.debug("\(reason); trying again in \(formatted(seconds, digits: 2)) s")
    if seconds >= 1 { call.say("\(reason); trying again in \(formatted(seconds, digits: 0)) s") }
    usleep(UInt32(seconds * 1_000_000))
  }
}

/// The texts of elements without children, in the XML that stores answer with.
enum XML {
  /// The text of each element of a name, whatever its prefix.
  static func texts(_ name: String, in bytes: [UInt8]) -> [String] {
    var found: [String] = [], at = 0
    let wanted = Array(name.utf8)
    while let open = bytes[at...].firstIndex(of: UInt8(ascii: "<")) {
      guard let close = bytes[open...].firstIndex(of: UInt8(ascii: ">")) else { break }
      at = close + 1
      let tag = bytes[(open + 1)..<close].prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") }
      let local = tag.lastIndex(of: UInt8(ascii: ":")).map { tag[($0 + 1)...] } ?? tag
      guard local.elementsEqual(wanted), bytes[close - 1] != UInt8(ascii: "/") else { continue }
      let text = bytes[at...].prefix { $0 != UInt8(ascii: "<") }
      found.append(unescaped(String(decoding: text, as: UTF8.self)))
    }
    return found
  }

  static func text(_ name: String, in bytes: [UInt8]) -> String? { texts(name, in: bytes).first }

  private static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    return [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")].reduce(text) {
      $0.replacing($1.0, with: $1.1)
    }
  }
}

/// Percent-encodes a path but for its slashes: the canonical form of S3.
func encodedPath(_ path: String) -> String {
  path.split(separator: "/", omittingEmptySubsequences: false).map { percentEncoded(String($0)) }.joined(separator: "/")
}

/// The text behind percent signs.
func decodedPercent(_ text: String) -> String {
  let bytes = Array(text.utf8)
  var out: [UInt8] = [], at = 0
  while at < bytes.count {
    if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count,
      let byte = UInt8(String(decoding: bytes[(at + 1)...(at + 2)], as: UTF8.self), radix: 16)
    {
      out.append(byte)
      at += 3
    } else {
      out.append(bytes[at])
      at += 1
    }
  }
  return String(decoding: out, as: UTF8.self)
}
