/// `status`: how a release is doing.
public struct Status: Member, Equatable {
  public static let name = "status"
  public static let about = About(
    by: "draft-status", for: "people", "The status of the release, its workloads and its pods.")

  /// A Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob or Pod of the release.
  public struct Workload: Equatable, Shaped {
    public var name: String
    public var ready: Int
    public var wanted: Int
    public var well: Bool
    public var reason: String?

    public init(name: String, ready: Int, wanted: Int, well: Bool, reason: String? = nil) {
      self.name = name
      self.ready = ready
      self.wanted = wanted
      self.well = well
      self.reason = reason
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      name = try shape.required("name", \.name, "kind/name")
      ready = try shape.required("ready", \.ready, "the number of ready pods")
      wanted = try shape.required("wanted", \.wanted, "the number of wanted pods")
      well = try shape.optional("well", \.well, else: false, "whether it is healthy")
      reason = try shape.optional("reason", \.reason, "why it is not healthy, or what is in progress")
    }
  }

  /// A pod of Kubernetes, or a container of podman.
  public struct Pod: Equatable, Shaped {
    public var name: String
    public var workload: String
    public var phase: String
    public var ready: Bool
    public var restarts: Int
    /// Why it is not ready: `ImagePullBackOff`.
    public var reason: String?

    public init(name: String, workload: String, phase: String, ready: Bool, restarts: Int, reason: String? = nil) {
      self.name = name
      self.workload = workload
      self.phase = phase
      self.ready = ready
      self.restarts = restarts
      self.reason = reason
    }

    public init(_ shape: inout Shape<Self>) throws(RecordError) {
      name = try shape.required("name", \.name, "the name of the pod or container")
      workload = try shape.required("workload", \.workload, "its workload")
      phase = try shape.required("phase", \.phase, "the phase, as shown by the engine")
      ready = try shape.optional("ready", \.ready, else: false, "whether it is ready")
      restarts = try shape.required("restarts", \.restarts, "the number of restarts of its containers")
      reason = try shape.optional("reason", \.reason, "why it is not ready")
    }
  }

  public var well: Bool
  public var reason: String?
  public var workloads: [Workload]
  public var pods: [Pod]
  public var missing: [String]

  public init(well: Bool, reason: String? = nil, workloads: [Workload], pods: [Pod], missing: [String] = []) {
    self.well = well
    self.reason = reason
    self.workloads = workloads
    self.pods = pods
    self.missing = missing
  }

  public init(_ shape: inout Shape<Self>) throws(RecordError) {
    well = try shape.optional(
      "well", \.well, else: false,
      "whether it is healthy: it is deployed, all its objects exist, and its workloads are healthy")
    reason = try shape.optional("reason", \.reason, "why the release itself is not healthy")
    workloads = try shape.list("workloads", \.workloads, "the workloads, in the order of the manifest")
    pods = try shape.list("pods", \.pods, "the pods, or the containers of podman")
    missing = try shape.optional(
      "missing", \.missing, else: [], sparse: true, "kind/name of missing objects other than workloads")
  }
}
