import Command
import Glibc
import Testing

@testable import HTTP

/// A server that answers one request, at ten bytes a second.
private func crawlingServer(_ bytes: Int) throws -> Int {
  let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_in(), size = socklen_t(MemoryLayout<sockaddr_in>.size)
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  let isBound = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(listener, $0, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0
    }
  }
  try #require(isBound)
  Thread.detach {
    let client = accept(listener, nil, nil)
    close(listener)
    var request = [UInt8](repeating: 0, count: 65_536)
    _ = read(client, &request, request.count)
    let head = "HTTP/1.1 200 OK\r\nContent-Length: \(bytes)\r\n\r\n"
    _ = send(client, head, head.utf8.count, Int32(MSG_NOSIGNAL))
    for _ in 0..<bytes where send(client, "x", 1, Int32(MSG_NOSIGNAL)) == 1 { usleep(100_000) }
    close(client)
  }
  return Int(UInt16(bigEndian: address.sin_port))
}

@Test func aTransferThatOnlyCrawlsIsGivenUp() throws {
  var request = HTTPRequest(
    method: "GET", address: try #require(Address("http://127.0.0.1:\(try crawlingServer(100))/x")), purpose: "get it")
  request.stallSeconds = 2
  let connection = try Connection()
  #expect { _ = try connection.send(request) } throws: { error in
    guard case TransportError.broken(let reason) = error else { return false }
    return reason.contains("1024 bytes/sec")
  }
}
