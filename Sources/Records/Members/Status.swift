/// `status`: how a release is doing. Written by draft-status.
public struct Status: Member, Equatable {
  public static let name = "status"

  /// A Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob or Pod of the release.
  public struct Workload: Equatable, Sendable {
    /// `Deployment/web`
    public var name: String
    public var ready: Int
    public var wanted: Int
    public var well: Bool
    /// What is the matter, or what is going on: `rolling out`.
    public var reason: String?

    public init(name: String, ready: Int, wanted: Int, well: Bool, reason: String? = nil) {
      self.name = name
      self.ready = ready
      self.wanted = wanted
      self.well = well
      self.reason = reason
    }
  }

  /// A pod, or a container of podman's.
  public struct Pod: Equatable, Sendable {
    public var name: String
    /// The workload it belongs to.
    public var workload: String
    /// Kubernetes' word: `Running`.
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
  }

  /// The release is deployed, all of its objects are there, and its workloads are well.
  public var well: Bool
  /// What is the matter with the release itself.
  public var reason: String?
  public var workloads: [Workload]
  public var pods: [Pod]
  /// `Service/web`: what is not there of the release, besides workloads.
  public var missing: [String]

  public init(well: Bool, reason: String? = nil, workloads: [Workload], pods: [Pod], missing: [String] = []) {
    self.well = well
    self.reason = reason
    self.workloads = workloads
    self.pods = pods
    self.missing = missing
  }

  public init(_ fields: Fields) throws(RecordError) {
    well = try fields.optionalBool("well") ?? false
    reason = try fields.optionalString("reason")
    workloads = []
    for field in try fields.objects("workloads") {
      workloads.append(Workload(
        name: try field.string("name"),
        ready: try field.integer("ready"),
        wanted: try field.integer("wanted"),
        well: try field.optionalBool("well") ?? false,
        reason: try field.optionalString("reason")))
    }
    missing = try fields.strings("missing")
    pods = []
    for field in try fields.objects("pods") {
      pods.append(Pod(
        name: try field.string("name"),
        workload: try field.string("workload"),
        phase: try field.string("phase"),
        ready: try field.optionalBool("ready") ?? false,
        restarts: try field.integer("restarts"),
        reason: try field.optionalString("reason")))
    }
  }

  public var json: JSON {
    .members([
      "well": .bool(well), "reason": reason.map(JSON.string),
      "workloads": .array(workloads.map { workload in
        .members([
          "name": .string(workload.name), "ready": .integer(workload.ready), "wanted": .integer(workload.wanted), "well": .bool(workload.well),
          "reason": workload.reason.map(JSON.string),
        ])
      }),
      "pods": .array(pods.map { pod in
        .members([
          "name": .string(pod.name), "workload": .string(pod.workload), "phase": .string(pod.phase), "ready": .bool(pod.ready),
          "restarts": .integer(pod.restarts), "reason": pod.reason.map(JSON.string),
        ])
      }),
      "missing": missing.isEmpty ? nil : .strings(missing),
    ])
  }
}
