import Command
import Glibc

/// The TCP sockets that listen in the network namespace of a process; see proc(5), /proc/pid/net/tcp.
struct Listening: Equatable {
  /// By port, each once.
  var sockets: [Socket] = []
  /// Whether its network namespace differs from this process's.
  var isApart = true

  struct Socket: Equatable {
    var port: Int
    /// Cannot be reached from outside.
    var isLoopback: Bool
  }

  init(parsing tables: [String]) {
    for line in tables.flatMap({ $0.lines }) {
      let fields = line.split(separator: " ")
      guard fields.count > 3, fields[3] == "0A" else { continue }
      let address = fields[1].split(separator: ":")
      guard address.count == 2, let port = Int(address[1], radix: 16) else { continue }
      // ::1, or 127.0.0.0/8, also mapped to IPv6, in words of the machine's byte order.
      let isMapped = address[0].count == 8 || address[0].hasPrefix("0000000000000000FFFF0000")
      let isLoopback = address[0] == "00000000000000000000000001000000" || (isMapped && address[0].hasSuffix("7F"))
      if let index = sockets.firstIndex(where: { $0.port == port }) {
        sockets[index].isLoopback = sockets[index].isLoopback && isLoopback
      } else {
        sockets.append(Socket(port: port, isLoopback: isLoopback))
      }
    }
    sockets.sort { $0.port < $1.port }
  }

  /// Reads the sockets of a container's first process. Empty if it uses the machine's own network.
  init(of pid: Int) {
    let own = Listening.network("self"), other = pid > 0 ? Listening.network("\(pid)") : nil
    let isApart = own != nil && other != nil && own != other
    self.init(parsing: isApart ? ["tcp", "tcp6"].compactMap { try? Files.readText("/proc/\(pid)/net/\($0)") } : [])
    self.isApart = isApart
  }

  private static func network(_ process: String) -> String? {
    var bytes = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/\(process)/ns/net", &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }

  /// Where it listens instead of the port: `it listens on 9090; the chart says 8080`. nil if it listens nowhere.
  /// - Parameter declared: other ports the chart declares.
  func instead(of port: Int, declared: [Int]) -> String? {
    if let socket = sockets.first(where: { $0.port == port }) {
      return socket.isLoopback ? "it listens on 127.0.0.1 only; listen on 0.0.0.0 to be reachable" : nil
    }
    let others = sockets.filter { !declared.contains($0.port) }.map { String($0.port) }
    return others.isEmpty ? nil : "it listens on \(others.joined(separator: ", ")); the chart says \(port)"
  }
}
