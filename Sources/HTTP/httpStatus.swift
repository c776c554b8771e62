import CSystem
import Glibc

/// The status of a GET of a URL; nil if nothing answers in HTTP within the time. Does not follow redirects, and does
/// not read the body.
///
/// - Parameters:
///   - seconds: the time limit.
///   - isNew: retries until the time limit if the connection is refused or the status is 502, 503 or 504: a proxy in
///     front of a new application may not know it yet.
public func httpStatus(of url: String, seconds: Int = 2, isNew: Bool = false) -> Int? {
  guard let address = Address(url), let connection = try? Connection() else { return nil }
  let deadline = csystem_nanoseconds() + UInt64(max(0, seconds)) * 1_000_000_000
  var request = HTTPRequest(method: "GET", address: address, purpose: "ask '\(url)'")
  request.wantsBody = false
  request.onSent = { _ in csystem_nanoseconds() < deadline }
  while true {
    var status: Int?
    do { status = try connection.send(request).status } catch { guard case .unreachable = error else { return nil } }
    let mayPass = isNew && (status.map { (502...504).contains($0) } ?? true)
    if !mayPass || csystem_nanoseconds() + 300_000_000 > deadline { return status }
    usleep(250_000)
  }
}
