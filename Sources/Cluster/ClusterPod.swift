import Records

/// A pod as the cluster has it, as far as following and connecting need it.
package struct ClusterPod: Equatable, Sendable {
  package struct Container: Equatable, Sendable {
    package var name: String
    /// Of the newest run that has a log; nil before the first.
    package var id: String?
    package var isRunning: Bool
    /// Whether there is a log of a run before this one.
    package var hasPrevious: Bool
    /// As the pod asks for it.
    package var image = ""
    /// Where volumes are in it, absolute.
    package var mounts: [String] = []
    /// Whether its root file system cannot be written.
    package var isReadOnly = false
  }

  package var name: String
  package var uid: String
  /// RFC 3339, so later is greater.
  package var created: String
  /// The version of the template it was made from; pods of one version are as good as each other.
  package var template: String
  package var isReady: Bool
  package var isEnding: Bool
  /// Whether its containers have run and will not run again.
  package var isOver: Bool
  /// The images its containers are to run, also those of which nothing has been heard yet.
  package var images: [String]
  package var containers: [Container]
  /// The TCP ports that are to take a connection before it is ready, and nothing else is to happen; nil when there is more to it
  /// than can be known from outside.
  package var readinessPorts: [Int]?

  package init?(_ pod: JSON) {
    guard let metadata = pod["metadata"], let name = metadata["name"]?.string, let uid = metadata["uid"]?.string else { return nil }
    self.name = name
    self.uid = uid
    created = metadata["creationTimestamp"]?.string ?? ""
    let labels = metadata["labels"]
    template = labels?["pod-template-hash"]?.string ?? labels?["controller-revision-hash"]?.string ?? metadata["annotations"]?["buildID"]?.string ?? ""
    isEnding = metadata["deletionTimestamp"]?.string != nil
    let status = pod["status"]
    isReady = (status?["conditions"]?.array ?? []).contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
    containers = ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"].flatMap { status?[$0]?.array ?? [] }.compactMap(Container.init)
    isOver = ["Succeeded", "Failed"].contains(status?["phase"]?.string)
    images = (pod["spec"]?["containers"]?.array ?? []).compactMap { $0["image"]?.string }
    let wanted = ["initContainers", "containers"].flatMap { pod["spec"]?[$0]?.array ?? [] }
    for index in containers.indices {
      guard let container = wanted.first(where: { $0["name"]?.string == containers[index].name }) else { continue }
      containers[index].image = container["image"]?.string ?? ""
      containers[index].mounts = (container["volumeMounts"]?.array ?? []).compactMap { $0["mountPath"]?.string }
      containers[index].isReadOnly = container["securityContext"]?["readOnlyRootFilesystem"]?.bool ?? false
    }
    readinessPorts = ClusterPod.readinessPorts(spec: pod["spec"], status: status)
  }

  private static func readinessPorts(spec: JSON?, status: JSON?) -> [Int]? {
    guard spec?["readinessGates"]?.array?.isEmpty != false else { return nil }
    // An init container that is restarted for ever is what Kubernetes calls a sidecar.
    for sidecar in spec?["initContainers"]?.array ?? [] where sidecar["restartPolicy"]?.string == "Always" {
      guard state(of: sidecar, in: status?["initContainerStatuses"])?["ready"]?.bool == true else { return nil }
    }
    var ports: [Int] = []
    for container in spec?["containers"]?.array ?? [] {
      guard let state = state(of: container, in: status?["containerStatuses"]), state["state"]?["running"] != nil else { return nil }
      if state["ready"]?.bool == true { continue }
      guard state["started"]?.bool != false, let probe = container["readinessProbe"], probe["initialDelaySeconds"]?.integer ?? 0 == 0,
        probe["successThreshold"]?.integer ?? 1 == 1, let socket = probe["tcpSocket"], socket["host"]?.string ?? "" == "",
        let port = socket["port"]?.integer ?? port(named: socket["port"]?.string, of: container) else { return nil }
      ports.append(port)
    }
    return ports
  }

  private static func state(of container: JSON, in states: JSON?) -> JSON? { states?.array?.first { $0["name"]?.string == container["name"]?.string } }

  private static func port(named name: String?, of container: JSON) -> Int? {
    container["ports"]?.array?.first { $0["name"]?.string == name }?["containerPort"]?.integer
  }
}

extension ClusterPod.Container {
  package init?(_ status: JSON) {
    guard let name = status["name"]?.string else { return nil }
    self.name = name
    let state = status["state"], last = status["lastState"]?["terminated"]?["containerID"]?.string
    isRunning = state?["running"] != nil
    if isRunning { id = status["containerID"]?.string }
    else if let ended = state?["terminated"] { id = ended["containerID"]?.string ?? status["containerID"]?.string ?? last }
    else { id = last }
    if id?.isEmpty == true { id = nil }
    hasPrevious = last != nil && last != id
  }
}

extension ClusterPod {
  package static func isRunning(_ pod: JSON, buildID: String?) -> Bool {
    pod["status"]?["phase"]?.string == "Running" && isOf(pod, buildID: buildID)
  }

  /// Whether the pod is one of the build, and not on its way out.
  static func isOf(_ pod: JSON, buildID: String?) -> Bool {
    guard pod["metadata"]?["deletionTimestamp"] == nil else { return false }
    // A chart of others may lack the annotation.
    return buildID == nil || [nil, buildID].contains(pod["metadata"]?["annotations"]?["buildID"]?.string)
  }

  /// The one kubectl would choose.
  package static func mainContainer(of pod: JSON) -> String? {
    pod["metadata"]?["annotations"]?["kubectl.kubernetes.io/default-container"]?.string ?? pod["spec"]?["containers"]?.array?.first?["name"]?.string
  }

  /// The container that has ended badly, now or before it was started again.
  package static func failed(_ pod: JSON) -> (name: String, code: Int, reason: String?)? {
    let status = pod["status"]
    for container in (status?["initContainerStatuses"]?.array ?? []) + (status?["containerStatuses"]?.array ?? []) {
      for state in ["state", "lastState"] {
        guard let end = container[state]?["terminated"], let code = end["exitCode"]?.integer, code != 0,
          let name = container["name"]?.string, isObjectName(name) else { continue }
        let reason = end["reason"]?.string
        return (name, code, ["Error", "Completed"].contains(reason ?? "Error") ? nil : reason?.harmless)
      }
    }
    return nil
  }
}
