import Records

/// A pod of the cluster, with what logs, connect and sync need of it.
package struct ClusterPod: Equatable, Sendable {
  package struct Container: Equatable, Sendable {
    package var name: String
    /// The id of the newest run that has a log; nil before the first.
    package var id: String?
    package var isRunning: Bool
    /// Whether there is a log of an earlier run.
    package var hasPrevious: Bool
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
  /// The hash of the template it was made from; pods with the same one are interchangeable.
  package var template: String
  package var isReady: Bool
  package var isEnding: Bool
  /// Whether its containers have ended and will not run again.
  package var isOver: Bool
  /// The images of its containers, including those that have not reported a status yet.
  package var images: [String]
  package var containers: [Container]
  /// The TCP ports that must accept a connection before the pod is ready, if nothing else is required; nil if readiness
  /// depends on more than can be tried from outside.
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
    // An init container with `restartPolicy: Always` is a sidecar.
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

  /// Whether the pod belongs to the build and is not being deleted.
  static func isOf(_ pod: JSON, buildID: String?) -> Bool {
    guard pod["metadata"]?["deletionTimestamp"] == nil else { return false }
    // Another chart may lack the annotation.
    return buildID == nil || [nil, buildID].contains(pod["metadata"]?["annotations"]?["buildID"]?.string)
  }

  /// The container that kubectl would choose.
  package static func mainContainer(of pod: JSON) -> String? {
    pod["metadata"]?["annotations"]?["kubectl.kubernetes.io/default-container"]?.string ?? pod["spec"]?["containers"]?.array?.first?["name"]?.string
  }

  /// The container that failed, now or before its restart.
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
