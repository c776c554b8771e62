import Command
import Glibc

/// TCP on this machine's loopback addresses: 127.0.0.1, and ::1 for clients that connect to `localhost`.
package enum Loopback {
  /// Whether the port is free for a server.
  package static func canBind(_ port: Int, datagrams: Bool = false) -> Bool {
    guard let socket = open(datagrams ? SOCK_DGRAM : SOCK_STREAM) else { return false }
    allowReuse(socket.descriptor)
    return with(port) { bind(socket.descriptor, $0, $1) } == 0
  }

  /// Sockets that listen on the port: on 127.0.0.1, and on ::1 if it is available. Empty, with errno, if 127.0.0.1 is
  /// not.
  package static func listen(_ port: Int) -> [Int32] {
    let four = listen(AF_INET) { descriptor in with(port) { bind(descriptor, $0, $1) } }
    guard four >= 0 else { return [] }
    let six = listen(AF_INET6) { descriptor in
      var yes: Int32 = 1, address = sockaddr_in6()
      setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &yes, socklen_t(MemoryLayout<Int32>.size))
      address.sin6_family = sa_family_t(AF_INET6)
      guard let port = UInt16(exactly: port) else { return -1 }
      address.sin6_port = port.bigEndian
      address.sin6_addr = in6addr_loopback
      return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
      }
    }
    return six < 0 ? [four] : [four, six]
  }

  private static func listen(_ family: Int32, bound: (Int32) -> Int32) -> Int32 {
    guard let socket = open(SOCK_STREAM, family) else { return -1 }
    allowReuse(socket.descriptor)
    if bound(socket.descriptor) == 0, Glibc.listen(socket.descriptor, 128) == 0 { return socket.take() }
    let reason = errno
    _ = consume socket
    errno = reason
    return -1
  }

  /// A connection to the port; -1 if nothing accepts it.
  package static func connect(_ port: Int) -> Int32 {
    guard let socket = open(SOCK_STREAM) else { return -1 }
    var limit = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(socket.descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    return with(port) { Glibc.connect(socket.descriptor, $0, $1) } == 0 ? socket.take() : -1
  }

  /// Whether a server accepts connections on the port and keeps them for this many milliseconds. A forwarder, such as
  /// rootless podman's, accepts them for a server that is not up yet, and then drops them.
  package static func answers(_ port: Int, keeping milliseconds: Int32 = 50) -> Bool {
    let descriptor = connect(port)
    guard descriptor >= 0 else { return false }
    let socket = OpenFile(descriptor)
    var waits = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waits, 1, milliseconds) > 0 else { return true }
    var byte: UInt8 = 0
    return recv(socket.descriptor, &byte, 1, Int32(MSG_PEEK)) > 0
  }

  private static func open(_ type: __socket_type, _ family: Int32 = AF_INET) -> OpenFile? {
    let descriptor = socket(family, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    return descriptor >= 0 ? OpenFile(descriptor) : nil
  }

  /// A server may use a port in TIME_WAIT.
  private static func allowReuse(_ descriptor: Int32) {
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
  }

  /// - Returns: the result of `body`; -1, with errno, if the number is not a port.
  private static func with(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    guard let port = UInt16(exactly: port) else { errno = EINVAL; return -1 }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}
