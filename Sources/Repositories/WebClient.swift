import Command
import Glibc
import HTTP
import OCI
import Records
import Registry
import Storage

/// Downloads by http and https, with retries and redirects. The login of a repository is sent only to its own server,
/// not to the target of a redirect or to another host in an index. For one thread.
struct WebClient {
  let call: Call
  private let connection: Connection
  private let repository: HelmRepository?
  private let origin: Address?
  private let certificates: Certificates

  /// - Parameter repository: whose login and TLS files to use.
  init(repository: HelmRepository?, call: Call) throws {
    self.call = call
    self.repository = repository
    origin = repository.flatMap { Address($0.url) }
    if let repository, let origin, repository.authority != nil || repository.certificate != nil {
      certificates = Certificates(
        host: origin.host, authority: repository.authority, certificate: repository.certificate, key: repository.key)
    } else {
      certificates = .shared
    }
    connection = try Connection(certificates: certificates)
  }

  enum Outcome {
    case got(digest: Digest, size: Int, headers: HTTPResponse)
    /// 304
    case unchanged
    /// 404 or 410
    case missing(status: Int)
  }

  /// Downloads an address to an open file.
  /// - Parameters:
  ///   - what: to follow "cannot fetch".
  ///   - limit: in bytes; more is an error.
  /// - Throws: ``RepositoryError``.
  func get(
    _ address: Address, what: String, headers: [(name: String, value: String)] = [], to target: Int32, limit: Int
  ) throws -> Outcome {
    var retry = Retry()
    while true {
      let download = try Download(to: target, limit: limit)
      var host = address.host
      do {
        let response = try followed(address, what: what, headers: headers, download, &host)
        if Retry.isTransient(response.status), let pause = retry.pause(retryAfter: response["retry-after"]) {
          wait(pause, because: "\(response.status) from \(host)")
          continue
        }
        switch response.status {
        case 200:
          let (digest, size) = download.finish()
          return .got(digest: digest, size: size, headers: response)
        case 304: return .unchanged
        case 404, 410: return .missing(status: response.status)
        case 401, 403:
          throw RepositoryError.login(
            what: what, host: host, status: response.status, repository: repository?.name,
            loggedIn: repository?.authorization != nil)
        default: throw RepositoryError.status(what: what, host: host, status: response.status)
        }
      } catch let error as TransportError {
        try download.check()
        if download.isTooLong { throw RepositoryError.tooLarge(what: what, host: host, limit: limit) }
        guard error.isTransient, let pause = retry.pause() else { throw RepositoryError(error, what: what, host: host) }
        wait(pause, because: "no answer from \(host)")
      }
    }
  }

  /// Whether there is something at an address: one try, and its body is not read.
  /// - Throws: ``RepositoryError``.
  func exists(_ address: Address, what: String) throws -> Bool {
    var request = HTTPRequest(method: "GET", address: address, purpose: "")
    for _ in 0..<6 {
      let host = request.address.host
      request.wantsBody = false
      request.authorization =
        origin.map { $0.hasOrigin(of: request.address) } ?? false ? repository?.authorization : nil
      let response: HTTPResponse
      do { response = try connection.send(request) } catch { throw RepositoryError(error, what: what, host: host) }
      switch response.status {
      case 200: return true
      case 404, 410: return false
      case 301, 302, 303, 307, 308:
        request.address = try WebClient.next(response["location"], from: request.address, what: what)
      case 401, 403:
        throw RepositoryError.login(
          what: what, host: host, status: response.status, repository: repository?.name,
          loggedIn: repository?.authorization != nil)
      default: throw RepositoryError.status(what: what, host: host, status: response.status)
      }
    }
    throw RepositoryError.answer(what: what, host: address.host, reason: "too many redirects")
  }

  /// Adds to a fetched index what its fragments have besides, if it says that it has some and the server lists them.
  /// - Parameter index: its address.
  func mergeFragments(beside index: Address, into file: borrowing OpenFile) throws {
    guard IndexFragments.areMarked(in: file) else { return }
    let path = index.target.prefix { $0 != "?" }
    var base = index
    base.target = String(path[...(path.lastIndex(of: "/") ?? path.startIndex)] + index.target[path.endIndex...])
    let isOurs = origin.map { $0.hasOrigin(of: base) } ?? false
    let store = try WebStore(
      base, authorization: isOurs ? repository?.authorization : nil, certificates: certificates,
      login: "try 'draft repo add --force-update -c CREDENTIAL NAME URL'", call: call)
    try IndexFragments.merge(into: file, from: store, shown: store.address(of: IndexPublication.index))
  }

  private func followed(
    _ address: Address, what: String, headers: [(name: String, value: String)], _ download: Download,
    _ host: inout String
  ) throws -> HTTPResponse {
    var request = HTTPRequest(method: "GET", address: address, purpose: "", headers: headers)
    request.onBody = { download.take($0) }
    for _ in 0..<6 {
      host = request.address.host
      request.authorization =
        origin.map { $0.hasOrigin(of: request.address) } ?? false ? repository?.authorization : nil
      let response = try connection.send(request)
      call.debug("GET \(request.address.withoutQuery): \(response.status)")
      guard [301, 302, 303, 307, 308].contains(response.status) else { return response }
      request.address = try WebClient.next(response["location"], from: request.address, what: what)
    }
    throw RepositoryError.answer(what: what, host: host, reason: "too many redirects")
  }

  /// The target of a `Location`, if it may be followed.
  static func next(_ location: String?, from address: Address, what: String) throws(RepositoryError) -> Address {
    guard let next = location.flatMap(address.resolving) else {
      throw .answer(what: what, host: address.host, reason: "its Location cannot be followed")
    }
    guard next.isSecure || !address.isSecure else {
      throw .answer(what: what, host: address.host, reason: "it redirects from https to http")
    }
    return next
  }

  private func wait(_ seconds: Double, because reason: String) {
    call.debug("\(reason); trying again in \(seconds) s")
    if seconds >= 1 { call.say("\(reason); trying again in \(Int(seconds)) s") }
    usleep(UInt32(seconds * 1_000_000))
  }
}
