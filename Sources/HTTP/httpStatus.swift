import CSystem
import Glibc

/// The status that a GET of a URL is answered with; nil when nobody there speaks HTTP, or not within the time. Nothing is
/// followed, and nothing of the answer is read.
///
/// - Parameter isNew: what stands before an application may not have heard of it yet. Where nobody takes the connection, and for a 502,
///   503 or 504, it is asked again as long as there is time.
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
