/// `connect`: the ports of this machine that lead to the application. Written by draft-connect.
public struct Connect: Member, Equatable {
  public static let name = "connect"

  /// One port of a container.
  public struct Port: Equatable, Sendable {
    /// `Deployment/web`; podman's workloads are named alone.
    public var workload: String
    public var container: String
    public var remote: Int
    /// Of 127.0.0.1.
    public var local: Int

    public init(workload: String, container: String, remote: Int, local: Int) {
      self.workload = workload
      self.container = container
      self.remote = remote
      self.local = local
    }
  }

  public var ports: [Port]

  public init(ports: [Port]) { self.ports = ports }

  public init(_ fields: Fields) throws(RecordError) {
    ports = []
    for field in try fields.objects("ports") {
      let workload = try field.string("workload"), remote = try field.integer("remote")
      let container = try field.string("container")
      let local = try field.integer("local")
      ports.append(Port(workload: workload, container: container, remote: remote, local: local))
    }
  }

  public var json: JSON {
    .members([
      "ports": .array(
        ports.map { port in
          .members([
            "workload": .string(port.workload), "container": .string(port.container), "remote": .integer(port.remote), "local": .integer(port.local),
          ])
        })
    ])
  }
}
