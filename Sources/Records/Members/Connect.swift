/// `connect`: the local ports that are forwarded to the application.
public struct Connect: Member, Equatable {
  public static let name = "connect"
  public static let about = About(
    by: "draft-connect", for: "people", "The local ports that are forwarded to the application.")

  /// One port of a container.
  public struct Port: Equatable, Shaped {
    public var workload: String
    public var container: String
    public var remote: Int
    public var local: Int

    public init(workload: String, container: String, remote: Int, local: Int) {
      self.workload = workload
      self.container = container
      self.remote = remote
      self.local = local
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      workload = try shape.required(
        "workload", \.workload, "kind/name of the workload of the pod; with podman the name of the pod")
      container = try shape.required("container", \.container, "the container of the pod")
      remote = try shape.required("remote", \.remote, "the port in the container")
      local = try shape.required("local", \.local, "the local port, on localhost")
    }
  }

  public var ports: [Port]

  public init(ports: [Port]) { self.ports = ports }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    ports = try shape.list("ports", \.ports, "one for each forwarded port")
  }
}
