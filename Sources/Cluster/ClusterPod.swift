import Records

/// A pod of the cluster. Nothing else reads the JSON of a pod.
/// Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
package struct ClusterPod: Equatable, Sendable {
  package struct Container: Equatable, Sendable {
    package enum Kind: Sendable { case initial, regular, ephemeral }

    /// Why it does not run yet: `ImagePullBackOff`, and the kubelet's words about it.
    struct Waiting: Equatable, Sendable {
      var reason: String
      var said: String?
    }

    /// How a run ended.
    package struct End: Equatable, Sendable {
      var code: Int
      /// What the kubelet says besides the status, as in `OOMKilled`; nil when that is no more than the status.
      var reason: String?
      /// RFC 3339.
      package var started: String?
      package var finished: String?
    }

    package var name: String
    package var kind = Kind.regular
    /// The id of the newest run that has a log; nil before the first.
    package var id: String?
    package var isRunning: Bool
    /// Whether there is a log of an earlier run.
    package var hasPrevious: Bool
    package var isReady = false
    /// Whether its startup probe has yet to succeed.
    var isStarting = false
    var waiting: Waiting?
    /// Of the present run, and of the one before.
    package var end: End?
    var lastEnd: End?
    package var restarts = 0
    /// The image as the pod's spec names it.
    package var image = ""
    /// Absolute paths where volumes are mounted.
    package var mounts: [String] = []
    /// Whether its root file system is read-only.
    package var isReadOnly = false
  }

  package var name: String
  package var uid: String
  /// RFC 3339, so the greater is the later.
  package var created: String
  package var labels: [String: String]
  /// The hash of the template it was made from; pods with the same one are interchangeable.
  package var template: String
  /// The build it belongs to; a chart of others may not say so.
  package var buildID: String?
  /// Whether something makes another one when it is deleted.
  package var isOwned: Bool
  package var isReady: Bool
  package var isEnding: Bool
  /// `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`.
  package var phase: String
  /// Why it is in that phase, as in `Evicted`.
  package var phaseReason: String?
  /// Why it has not been scheduled; nil if it has been, or if that has not been tried.
  package var unscheduled: String?
  /// The images of its containers, including those that have not reported a status yet.
  package var images: [String]
  /// The one kubectl would choose.
  package var mainContainer: String?
  /// Those of which the kubelet has told something.
  package var containers: [Container]
  /// The TCP ports that must accept a connection before the pod is ready, if nothing else is required; nil if readiness
  /// depends on more than can be tried from outside.
  package var readinessPorts: [Int]?

  package init?(_ pod: JSON) {
    guard let metadata = pod["metadata"], let name = metadata["name"]?.string, let uid = metadata["uid"]?.string else {
      return nil
    }
    self.name = name
    self.uid = uid
    created = metadata["creationTimestamp"]?.string ?? ""
    let pairs = (metadata["labels"]?.object ?? []).compactMap { label in label.value.string.map { (label.name, $0) } }
    labels = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    let annotations = metadata["annotations"]
    buildID = annotations?["buildID"]?.string
    template = labels["pod-template-hash"] ?? labels["controller-revision-hash"] ?? buildID ?? ""
    isOwned = metadata["ownerReferences"]?.array?.isEmpty == false
    isEnding = metadata["deletionTimestamp"]?.string != nil

    let status = pod["status"], conditions = status?["conditions"]?.array ?? []
    func condition(_ type: String, is value: String) -> JSON? {
      conditions.first { $0["type"]?.string == type && $0["status"]?.string == value }
    }
    isReady = condition("Ready", is: "True") != nil
    unscheduled = condition("PodScheduled", is: "False").map { $0["message"]?.string ?? "not scheduled" }
    phase = status?["phase"]?.string ?? "Unknown"
    phaseReason = status?["reason"]?.string

    let spec = pod["spec"], regular = spec?["containers"]?.array ?? []
    images = regular.compactMap { $0["image"]?.string }
    mainContainer = annotations?["kubectl.kubernetes.io/default-container"]?.string ?? regular.first?["name"]?.string
    let lists: [(name: String, kind: Container.Kind)] = [
      ("initContainerStatuses", .initial), ("containerStatuses", .regular), ("ephemeralContainerStatuses", .ephemeral)
    ]
    containers = lists.flatMap { list in (status?[list.name]?.array ?? []).compactMap { Container($0, list.kind) } }
    let wanted = (spec?["initContainers"]?.array ?? []) + regular
    for index in containers.indices {
      guard let container = wanted.first(where: { $0["name"]?.string == containers[index].name }) else { continue }
      containers[index].image = container["image"]?.string ?? ""
      containers[index].mounts = (container["volumeMounts"]?.array ?? []).compactMap { $0["mountPath"]?.string }
      containers[index].isReadOnly = container["securityContext"]?["readOnlyRootFilesystem"]?.bool ?? false
    }
    readinessPorts = ClusterPod.readinessPorts(spec: spec, containers)
  }

  /// Those of a list, as the API answers with one.
  package static func all(in list: JSON) -> [ClusterPod] { (list["items"]?.array ?? []).compactMap(ClusterPod.init) }

  private static func readinessPorts(spec: JSON?, _ known: [Container]) -> [Int]? {
    guard spec?["readinessGates"]?.array?.isEmpty != false else { return nil }
    func state(of container: JSON, _ kind: Container.Kind) -> Container? {
      known.first { $0.kind == kind && $0.name == container["name"]?.string }
    }
    // An init container with `restartPolicy: Always` is a sidecar.
    for sidecar in spec?["initContainers"]?.array ?? [] where sidecar["restartPolicy"]?.string == "Always" {
      guard state(of: sidecar, .initial)?.isReady == true else { return nil }
    }
    var ports: [Int] = []
    for container in spec?["containers"]?.array ?? [] {
      guard let state = state(of: container, .regular), state.isRunning else { return nil }
      if state.isReady { continue }
      guard !state.isStarting, let probe = container["readinessProbe"], probe["initialDelaySeconds"]?.integer ?? 0 == 0,
        probe["successThreshold"]?.integer ?? 1 == 1, let socket = probe["tcpSocket"],
        socket["host"]?.string ?? "" == "",
        let port = socket["port"]?.integer ?? port(named: socket["port"]?.string, of: container)
      else { return nil }
      ports.append(port)
    }
    return ports
  }

  private static func port(named name: String?, of container: JSON) -> Int? {
    container["ports"]?.array?.first { $0["name"]?.string == name }?["containerPort"]?.integer
  }
}

extension ClusterPod.Container {
  package init?(_ status: JSON, _ kind: Kind = .regular) {
    guard let name = status["name"]?.string else { return nil }
    self.name = name
    self.kind = kind
    let state = status["state"], before = status["lastState"]?["terminated"], last = before?["containerID"]?.string
    isRunning = state?["running"] != nil
    if isRunning {
      id = status["containerID"]?.string
    } else if let ended = state?["terminated"] {
      id = ended["containerID"]?.string ?? status["containerID"]?.string ?? last
    } else {
      id = last
    }
    if id?.isEmpty == true { id = nil }
    hasPrevious = last != nil && last != id
    isReady = status["ready"]?.bool == true
    isStarting = status["started"]?.bool == false
    let waits = state?["waiting"]
    waiting = waits?["reason"]?.string.map { Waiting(reason: $0, said: waits?["message"]?.string) }
    end = state?["terminated"].map(End.init)
    lastEnd = before.map(End.init)
    restarts = status["restartCount"]?.integer ?? 0
    image = status["image"]?.string ?? ""
  }
}

extension ClusterPod.Container.End {
  init(_ state: JSON) {
    code = state["exitCode"]?.integer ?? 0
    (started, finished) = (state["startedAt"]?.string, state["finishedAt"]?.string)
    reason = state["reason"]?.string
    if ["Error", "Completed"].contains(reason) { reason = nil }
  }
}

extension ClusterPod {
  /// Whether its containers have ended and will not run again.
  package var isOver: Bool { ["Succeeded", "Failed"].contains(phase) }

  /// Its containers and init containers, without ephemeral ones for debugging.
  var own: [Container] { containers.filter { $0.kind != .ephemeral } }

  package func isRunning(buildID: String?) -> Bool { phase == "Running" && isOf(buildID: buildID) }

  /// Whether the pod belongs to the build and is not being deleted. Another chart may lack the annotation.
  func isOf(buildID wanted: String?) -> Bool { !isEnding && (wanted == nil || buildID == nil || wanted == buildID) }

  /// The container that failed, now or before its restart.
  package var failed: (name: String, code: Int, reason: String?)? {
    for container in own where isObjectName(container.name) {
      for end in [container.end, container.lastEnd].compactMap(\.self) where end.code != 0 {
        return (container.name, end.code, end.reason?.harmless)
      }
    }
    return nil
  }

  /// Whether a container runs and its probes have yet to succeed.
  var isProbed: Bool { !isEnding && containers.contains { $0.kind == .regular && !$0.isReady && $0.isRunning } }

  /// Why it is not ready: `ImagePullBackOff`; nil when it is, or is on its way.
  package var reason: String? {
    for container in own where !container.isReady {
      if let reason = container.waiting?.reason, !["ContainerCreating", "PodInitializing"].contains(reason) {
        return reason
      }
      if let end = container.end, end.code != 0 { return "exited with status \(end.code)" }
    }
    return unscheduled ?? (phase == "Running" ? "not ready" : nil)
  }

  /// The same with its name in front: `web-5d9c: ImagePullBackOff`.
  package var namedReason: String? { reason.map { "\(name): \($0)" } }
}
