import Cluster
import Podman
import Records
import Settings

/// Which local port is forwarded to which container port.
struct PortPlan {
  private var ports = HostPorts(ours: [])
  private var chosen: [Connect.Port] = []
  private let wishes: [(local: Int, remote: Int)]

  init(_ settings: Settings) {
    wishes = settings.overridePorts.compactMap { entry in
      let sides = entry.split(separator: ":").compactMap { Int($0) }
      return sides.count == 2 ? (sides[0], sides[1]) : nil
    }
  }

  /// Chooses ports for workloads, keeping earlier choices. Throws ``PortError/taken(port:)`` for a port that was asked
  /// for and is taken. Otherwise the container port's own number is used if it is free, else one derived from the
  /// names.
  mutating func choose(_ workloads: [Workload], container: String?) throws(PortError) -> [Connect.Port] {
    var wanted: [(workload: Workload, port: Workload.Port)] = workloads.flatMap { workload in
      workload.ports.filter { container == nil || container == $0.container }.map { (workload, $0) }
    }
    // A port that is not declared may be open all the same.
    for wish in wishes where !wanted.contains(where: { $0.port.number == wish.remote }) {
      guard let workload = workloads.first(where: { !$0.ports.isEmpty }) ?? workloads.first else { break }
      let name =
        container ?? workload.ports.first?.container ?? workload.name.split(separator: "/").last.map(String.init) ?? ""
      wanted.append((workload, .init(container: name, number: wish.remote)))
    }
    var found: [Connect.Port?] = wanted.map { want in
      chosen.first { $0.workload == want.workload.name && $0.remote == want.port.number }
    }
    // Requested ports first, so that nothing else takes their place.
    for wish in wishes {
      guard let index = wanted.indices.first(where: { found[$0] == nil && wanted[$0].port.number == wish.remote }),
        !found.contains(where: { $0?.local == wish.local })
      else { continue }
      found[index] = try port(wanted[index], fixed: wish.local)
    }
    for index in wanted.indices where found[index] == nil { found[index] = try port(wanted[index], fixed: nil) }
    chosen = found.compactMap(\.self)
    return chosen
  }

  private mutating func port(_ want: (workload: Workload, port: Workload.Port), fixed: Int?) throws(PortError)
    -> Connect.Port
  {
    let key = "\(want.workload.namespace)/\(want.workload.name)/\(want.port.number)"
    let local = try ports.choose(key: key, networkProtocol: "TCP", fixed: fixed, before: want.port.number)
    return .init(workload: want.workload.name, container: want.port.container, remote: want.port.number, local: local)
  }
}
