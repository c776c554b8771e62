/// `status`: how a release is doing.
public struct Status: Member, Equatable {
  public static let name = "status"
  public static let about = About(by: "draft-status", for: "people", "How the release is doing.")

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
      ready = try shape.required("ready", \.ready, "how many of its pods are")
      wanted = try shape.required("wanted", \.wanted, "how many should be")
      well = try shape.optional("well", \.well, else: false, "it is as it should be")
      reason = try shape.optional("reason", \.reason, "what is the matter, or what is going on")
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
      name = try shape.required("name", \.name, "of the pod or the container")
      workload = try shape.required("workload", \.workload, "the one it belongs to")
      phase = try shape.required("phase", \.phase, "the word of what runs it")
      ready = try shape.optional("ready", \.ready, else: false, "it answers")
      restarts = try shape.required("restarts", \.restarts, "of its containers")
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
      "well", \.well, else: false, "it is deployed, all of its objects are there, and its workloads are well")
    reason = try shape.optional("reason", \.reason, "what is the matter with the release itself")
    workloads = try shape.list("workloads", \.workloads, "what runs something, in the order of the manifest")
    pods = try shape.list("pods", \.pods, "the pods, or podman's containers")
    missing = try shape.optional(
      "missing", \.missing, else: [], sparse: true, "kind/name of what is not there, besides what runs something")
  }
}
