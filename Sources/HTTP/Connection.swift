import CCurl
import Command
import Glibc

/// Sends requests one at a time and keeps connections open in between. Each thread has its own.
///
/// Does not follow redirects, retry or authorize; callers do. Sends no `Expect: 100-continue`, which costs a second
/// with servers that do not support it.
package final class Connection {
  private let handle: UnsafeMutableRawPointer
  private let certificates: Certificates

  /// Loads libcurl on first use in the process. Throws ``LibraryMissing``.
  package init(certificates: Certificates = .shared) throws(LibraryMissing) {
    guard ccurl_load() == 0, let handle = ccurl_open() else { throw LibraryMissing() }
    self.handle = handle
    self.certificates = certificates
  }

  deinit { ccurl_close(handle) }

  /// Filled by the callbacks of one exchange.
  private final class Exchange {
    let request: HTTPRequest
    var headers: [(name: String, value: String)] = []
    var headerBytes = 0
    var body: [UInt8] = []
    var tooLong = false
    var givenUp = false
    var status = 0

    init(_ request: HTTPRequest) { self.request = request }

    func header(_ line: UnsafeRawBufferPointer) -> Bool {
      headerBytes += line.count
      guard headerBytes <= 256 << 10 else { tooLong = true; return false }
      let text = String(decoding: line, as: UTF8.self)
      // The final response follows an interim one such as 100.
      if text.hasPrefix("HTTP/") {
        headers = []
        status = text.split(separator: " ").dropFirst().first.flatMap { Int($0.trimmed) } ?? 0
        return true
      }
      guard let colon = text.firstIndex(of: ":") else { return true }
      let value = text[text.index(after: colon)...]
      headers.append((text[..<colon].lowercased(), value.trimmed))
      return true
    }

    func part(_ bytes: UnsafeRawBufferPointer) -> Bool {
      guard request.wantsBody else { return false }
      if status == 200, let onBody = request.onBody {
        if !onBody(bytes) { givenUp = true }
        return !givenUp
      }
      guard body.count + bytes.count <= request.answerLimit else { tooLong = true; return false }
      body += bytes
      return true
    }

    func sent(_ count: Int) -> Bool {
      if request.onSent?(count) == false { givenUp = true; return false }
      return true
    }
  }

  /// Sends the request and returns the response, whatever its status. Throws ``TransportError`` if there is none.
  package func send(_ request: HTTPRequest) throws(TransportError) -> HTTPResponse {
    let exchange = Exchange(request)
    var lines = request.headers.map { "\($0.name): \($0.value)" }
    if let authorization = request.authorization { lines.append("Authorization: \(authorization)") }
    lines.append("User-Agent: draft")
    // A header without a value takes one of libcurl's away, but libcurl 7.88 would sign it.
    if request.signature == nil { lines.append("Expect:") }
    if !request.headers.contains(where: { $0.name == "Accept" }) { lines.append("Accept: */*") }
    // Otherwise libcurl would declare the body a form.
    if request.signature == nil, !request.headers.contains(where: { $0.name == "Content-Type" }) {
      lines.append("Content-Type:")
    }
    let material = request.address.isSecure ? certificates.material(for: request.address.host) : Certificates.Material()

    let proxy = ProxyRules.environment.proxy(for: request.address)
    var outcome = ccurl_outcome()
    let copies = ([request.method, request.address.text] + lines).map { strdup($0) }
    let paths = [
      material.directory, material.certificate, material.key, proxy,
      request.signature.map { "aws:amz:\($0.region):s3" }, request.signature?.key, request.signature?.secret
    ].map { $0.map { strdup($0) } }
    defer { for copy in copies { free(copy) }; for path in paths { if let path { free(path) } } }
    let headers: [UnsafePointer<CChar>?] = copies.dropFirst(2).map { UnsafePointer($0) }
    let bytes: [UInt8] = if case .bytes(let bytes) = request.body { bytes } else { [] }
    headers.withUnsafeBufferPointer { headers in
      bytes.withUnsafeBytes { bytes in
        material.authorities.withUnsafeBytes { authorities in
          withExtendedLifetime(exchange) {
            var raw = ccurl_request()
            raw.method = UnsafePointer(copies[0])
            raw.url = UnsafePointer(copies[1])
            raw.headers = headers.baseAddress
            raw.header_count = headers.count
            switch request.body {
            case .none: raw.body_kind = 0
            case .bytes: (raw.body_kind, raw.bytes, raw.size) = (1, bytes.baseAddress, Int64(bytes.count))
            case let .file(descriptor, range):
              (raw.body_kind, raw.file, raw.offset, raw.size) = (
                2, descriptor, Int64(range.lowerBound), Int64(range.count)
              )
            case let .stream(descriptor, size): (raw.body_kind, raw.file, raw.size) = (3, descriptor, Int64(size))
            }
            raw.connect_seconds = 10
            raw.stall_seconds = request.stallSeconds
            if !authorities.isEmpty { (raw.trusted, raw.trusted_size) = (authorities.baseAddress, authorities.count) }
            raw.trusted_directory = UnsafePointer(paths[0] ?? nil)
            raw.certificate = UnsafePointer(paths[1] ?? nil)
            raw.key = UnsafePointer(paths[2] ?? nil)
            raw.repeats = request.mayRepeat ? 1 : 0
            raw.proxy = UnsafePointer(paths[3] ?? nil)
            raw.signature = UnsafePointer(paths[4] ?? nil)
            raw.key_id = UnsafePointer(paths[5] ?? nil)
            raw.key_secret = UnsafePointer(paths[6] ?? nil)
            raw.context = Unmanaged.passUnretained(exchange).toOpaque()
            raw.on_header = { Connection.exchange($0).header(UnsafeRawBufferPointer(start: $1, count: $2)) ? 0 : 1 }
            raw.on_body = { Connection.exchange($0).part(UnsafeRawBufferPointer(start: $1, count: $2)) ? 0 : 1 }
            raw.on_sent = { Connection.exchange($0).sent($1) ? 0 : 1 }
            ccurl_perform(handle, &raw, &outcome)
          }
        }
      }
    }

    if !request.wantsBody, exchange.status >= 200 {
      return HTTPResponse(status: exchange.status, headers: exchange.headers, body: [])
    }
    let reason = withUnsafeBytes(of: outcome.reason) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    switch Int(outcome.result) {
    case Int(CCURL_DONE): return HTTPResponse(status: outcome.status, headers: exchange.headers, body: exchange.body)
    case Int(CCURL_UNREACHABLE): throw .unreachable(reason)
    case Int(CCURL_CLOSED): throw .broken(TransportError.closed)
    case Int(CCURL_BROKEN): throw .broken(reason)
    case Int(CCURL_TLS): throw .tls(reason)
    case Int(CCURL_STOPPED) where exchange.givenUp: throw .givenUp
    case Int(CCURL_STOPPED) where exchange.tooLong:
      throw .malformed("the response is longer than \(request.answerLimit) bytes")
    case Int(CCURL_STOPPED): throw .unreadable
    default: throw .malformed(reason)
    }
  }

  private static func exchange(_ context: UnsafeMutableRawPointer?) -> Exchange {
    Unmanaged<Exchange>.fromOpaque(context!).takeUnretainedValue()
  }
}

/// Why there is no response.
package enum TransportError: Error, Equatable, Sendable {
  case unreachable(String)
  case broken(String)
  case tls(String)
  case malformed(String)
  /// The file being sent cannot be read, or was truncated.
  case unreadable
  /// Another part of the same push failed.
  case givenUp

  /// The reason if a kept-alive connection was closed during a request.
  package static let closed = "the connection was closed before a response"

  /// Whether a retry may succeed.
  package var isTransient: Bool {
    switch self {
    case .unreachable, .broken: true
    case .tls, .malformed, .unreadable, .givenUp: false
    }
  }
}
