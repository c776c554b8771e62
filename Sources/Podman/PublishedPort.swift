import Records

/// A container port and the port of 127.0.0.1 that is forwarded to it.
package struct PublishedPort: Equatable {
  /// The workload the container belongs to: `web`.
  package var workload: String
  package var container: Int
  /// `TCP`, `UDP` or `SCTP`.
  package var networkProtocol: String
  package var name: String
  package var host: Int
  /// Its position among the ports of the release.
  package var order: Int

  /// Identifies the port across revisions.
  package var key: String { "\(workload)/\(container)/\(networkProtocol.lowercased())" }

  var label: String { "\(key)/\(name)/\(order)=\(host)" }

  package init(workload: String, container: Int, networkProtocol: String, name: String, host: Int, order: Int) {
    self.workload = workload
    self.container = container
    self.networkProtocol = networkProtocol
    self.name = name
    self.host = host
    self.order = order
  }

  package init?(label: Substring) {
    let sides = label.split(separator: "=")
    guard sides.count == 2, let host = Number.port(sides[1]) else { return nil }
    let parts = sides[0].split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 5, let container = Number.port(parts[1]), let order = Number.whole(parts[4]) else {
      return nil
    }
    self.init(
      workload: String(parts[0]), container: container, networkProtocol: parts[2].uppercased(), name: String(parts[3]),
      host: host, order: order)
  }

  /// The URL for a browser if the port may speak HTTP: by its name; an unnamed port counts.
  package var url: String? {
    guard networkProtocol == "TCP" else { return nil }
    if name.hasPrefix("https") || (name.isEmpty && [443, 8443].contains(container)) {
      return "https://127.0.0.1:\(host)/"
    }
    return name.isEmpty || name.hasPrefix("http") || name.contains("web") ? "http://127.0.0.1:\(host)/" : nil
  }
}

/// Chooses ports of 127.0.0.1: the previous one; else one derived from the names, so that a lost release gets its old
/// port again; else the next free one. All are below the kernel's range for outgoing connections.
package struct HostPorts {
  private var taken: Set<Int> = []
  /// Held by the revision that is being replaced.
  private let ours: Set<Int>

  package init(ours: [Int]) { self.ours = Set(ours) }

  /// - Parameter fixed: the port the user asked for; no other is chosen.
  package mutating func choose(key: String, networkProtocol: String, fixed: Int?, before: Int?) throws(PortError) -> Int
  {
    if let fixed {
      guard isFree(fixed, networkProtocol) else { throw .taken(port: fixed) }
      taken.insert(fixed)
      return fixed
    }
    let start =
      Int(key.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 } >> 33)
      % 10_000
    let candidates = (before.map { [$0] } ?? []) + (0..<200).map { 20_000 + (start + $0) % 10_000 }
    for port in candidates where isFree(port, networkProtocol) {
      taken.insert(port)
      return port
    }
    throw .taken(port: candidates[0])
  }

  private func isFree(_ port: Int, _ networkProtocol: String) -> Bool {
    guard !taken.contains(port), (1...65_535).contains(port) else { return false }
    return ours.contains(port) || Loopback.canBind(port, datagrams: networkProtocol == "UDP")
  }
}
