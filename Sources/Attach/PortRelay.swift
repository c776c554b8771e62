import CSystem
import Command
import Glibc
import Podman

/// A local port that stays open while what is behind it changes: each connection goes to the port that is current when
/// it is made. A connection made while there is none waits a little.
final class PortRelay: @unchecked Sendable {
  let port: Int
  private let target: @Sendable () -> Int?
  private let listeners: [Int32]
  private static let patience: UInt64 = 5

  /// - Parameter target: the local port to carry a connection to now; nil when there is none.
  /// - Throws: ``PortError/taken(port:)``
  init(port: Int, target: @escaping @Sendable () -> Int?) throws(PortError) {
    self.port = port
    self.target = target
    listeners = Loopback.listen(port)
    guard !listeners.isEmpty else { throw .taken(port: port) }
    for listener in listeners { Thread.detach { [self] in accept(listener) } }
  }

  /// Accepts no more connections; open ones go on.
  func close() { for listener in listeners { shutdown(listener, Int32(SHUT_RDWR)) } }

  private func accept(_ listener: Int32) {
    defer { Glibc.close(listener) }
    while true {
      let client = Glibc.accept(listener, nil, nil)
      if client >= 0 { Thread.detach { [self] in carry(client) }; continue }
      switch errno {
      case EINTR, ECONNABORTED: continue
      // Wait for other connections of ours to end.
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: usleep(100_000)
      default: return
      }
    }
  }

  private func carry(_ client: Int32) {
    let began = csystem_nanoseconds()
    var server: Int32 = -1
    while server < 0, csystem_nanoseconds() - began < PortRelay.patience * 1_000_000_000 {
      server = target().map(Loopback.connect) ?? -1
      if server < 0 { usleep(20_000) }
    }
    guard server >= 0 else { Glibc.close(client); return }
    // Send small writes at once, as they would be without a relay in between.
    for descriptor in [client, server] {
      var yes: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }
    let pair = Pair(client, server)
    Thread.detach { pair.copy(from: client, to: server) }
    pair.copy(from: server, to: client)
  }

  /// The two ends of a connection. Each direction has its own thread, because each may wait for the other.
  private final class Pair: @unchecked Sendable {
    private let lock = Lock()
    private let ends: [Int32]
    private var open = 2

    init(_ client: Int32, _ server: Int32) { ends = [client, server] }

    func copy(from source: Int32, to destination: Int32) {
      let isWhole = withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer -> Bool in
        while true {
          let count = recv(source, buffer.baseAddress, buffer.count, 0)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { return count == 0 }
          var sent = 0
          while sent < count {
            let more = send(destination, buffer.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { return false }
            sent += more
          }
        }
      }
      // One side may finish sending while the other goes on; a broken connection ends both.
      if isWhole { shutdown(destination, Int32(SHUT_WR)) } else { for end in ends { shutdown(end, Int32(SHUT_RDWR)) } }
      lock.lock()
      open -= 1
      let isLast = open == 0
      lock.unlock()
      if isLast { for end in ends { Glibc.close(end) } }
    }
  }
}
