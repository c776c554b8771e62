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
    let socket = OpenFile(listener)
    while true {
      let client = uninterrupted { Glibc.accept(socket.descriptor, nil, nil) }
      if client >= 0 { Thread.detach { [self] in carry(client) }; continue }
      switch errno {
      case ECONNABORTED: continue
      // Wait for other connections of ours to end.
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: usleep(100_000)
      default: return
      }
    }
  }

  private func carry(_ descriptor: Int32) {
    let client = OpenFile(descriptor)
    let began = csystem_nanoseconds()
    var server: Int32 = -1
    while server < 0, csystem_nanoseconds() - began < PortRelay.patience * 1_000_000_000 {
      server = target().map(Loopback.connect) ?? -1
      if server < 0 { usleep(20_000) }
    }
    guard server >= 0 else { return }
    // Send small writes at once, as they would be without a relay in between.
    for end in [descriptor, server] {
      var yes: Int32 = 1
      setsockopt(end, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }
    let pair = Pair(client, OpenFile(server))
    Thread.detach { pair.copy(from: pair.client.descriptor, to: pair.server.descriptor) }
    pair.copy(from: pair.server.descriptor, to: pair.client.descriptor)
  }

  /// The two ends of a connection, closed when both directions are done. Each direction has its own thread, because it
  /// may wait for the other.
  private final class Pair: Sendable {
    let client: OpenFile, server: OpenFile

    init(_ client: consuming OpenFile, _ server: consuming OpenFile) {
      self.client = client
      self.server = server
    }

    func copy(from source: Int32, to destination: Int32) {
      defer { withExtendedLifetime(self) {} }
      let isWhole = withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer -> Bool in
        while true {
          let count = uninterrupted { recv(source, buffer.baseAddress, buffer.count, 0) }
          guard count > 0 else { return count == 0 }
          var sent = 0
          while sent < count {
            let more = uninterrupted {
              send(destination, buffer.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
            }
            guard more > 0 else { return false }
            sent += more
          }
        }
      }
      // One side may finish sending while the other goes on; a broken connection ends both.
      if isWhole {
        shutdown(destination, Int32(SHUT_WR))
      } else {
        for end in [source, destination] { shutdown(end, Int32(SHUT_RDWR)) }
      }
    }
  }
}
