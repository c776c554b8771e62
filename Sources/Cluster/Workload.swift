import Records

/// An object of a release that has pods: how to find them, and the ports their containers declare.
package struct Workload: Equatable, Sendable {
  package struct Port: Equatable, Sendable {
    package var container: String
    package var number: Int

    package init(container: String, number: Int) {
      self.container = container
      self.number = number
    }
  }

  /// `Deployment/web`
  package var name: String
  package var namespace: String
  /// The API query that finds its pods: `labelSelector=…`, escaped.
  package var query: String
  /// TCP ports; others cannot be forwarded.
  package var ports: [Port]
  /// Other workloads with the same selector, whose pods cannot be told from these.
  package var twins: [String] = []

  /// Identifies it: the same labels in another namespace match other pods.
  package var key: String { "\(namespace)/\(query)" }

  package init(name: String, namespace: String, query: String, ports: [Port] = []) {
    self.name = name
    self.namespace = namespace
    self.query = query
    self.ports = ports
  }

  /// The workloads among the objects of a release, in order. Pods are found by the objects' own selectors, so this
  /// works for charts that were not made for draft.
  package static func all(in objects: [JSON], namespace: String) -> [Workload] {
    var workloads: [Workload] = []
    for object in objects {
      guard let kind = object["kind"]?.string, let name = object["metadata"]?["name"]?.string, let spec = object["spec"]
      else { continue }
      var labels: [(name: String, value: String)] = [], pod = spec["template"]?["spec"], query: String?
      switch kind {
      case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet": labels = texts(spec["selector"]?["matchLabels"])
      case "ReplicationController": labels = texts(spec["selector"])
      case "Job": labels = [("job-name", name)]
      case "Pod":
        pod = spec
        query = "fieldSelector=" + Kubectl.escaped("metadata.name=\(name)")
      default: continue
      }
      if query == nil, !labels.isEmpty {
        query = "labelSelector=" + Kubectl.escaped(labels.map { "\($0.name)=\($0.value)" }.joined(separator: ","))
      }
      guard let query else { continue }
      var workload = Workload(
        name: "\(kind)/\(name)", namespace: object["metadata"]?["namespace"]?.string ?? namespace, query: query,
        ports: ports(of: pod))
      if let twin = workloads.firstIndex(where: { $0.key == workload.key }) {
        if workloads[twin].name != workload.name { workloads[twin].twins.append(workload.name) }
        continue
      }
      // A chart may have objects of one name in two namespaces.
      if workloads.contains(where: { $0.name == workload.name }) {
        workload.name = "\(kind)/\(workload.namespace)/\(name)"
      }
      workloads.append(workload)
    }
    return workloads
  }

  private static func texts(_ labels: JSON?) -> [(name: String, value: String)] {
    (labels?.object ?? []).compactMap { label in label.value.string.map { (label.name, $0) } }
  }

  private static func ports(of pod: JSON?) -> [Port] {
    // An init container with `restartPolicy: Always` is a sidecar.
    let sidecars = (pod?["initContainers"]?.array ?? []).filter { $0["restartPolicy"]?.string == "Always" }
    var ports: [Port] = []
    for container in (pod?["containers"]?.array ?? []) + sidecars {
      for port in container["ports"]?.array ?? [] where [nil, "TCP"].contains(port["protocol"]?.string) {
        guard let name = container["name"]?.string, let number = port["containerPort"]?.integer,
          (1...65_535).contains(number),
          !ports.contains(where: { $0.number == number })
        else { continue }
        ports.append(Port(container: name, number: number))
      }
    }
    return ports
  }
}
