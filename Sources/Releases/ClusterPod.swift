import Records

/// A pod as the cluster has it, as far as following and connecting need it.
struct ClusterPod: Equatable, Sendable {
  struct Container: Equatable, Sendable {
    var name: String
    /// Of the newest run that has a log; nil before the first.
    var id: String?
    var isRunning: Bool
    /// Whether there is a log of a run before this one.
    var hasPrevious: Bool
    /// As the pod asks for it.
    var image = ""
    /// Where volumes are in it, absolute.
    var mounts: [String] = []
    /// Whether its root file system cannot be written.
    var isReadOnly = false
  }

  var name: String
  var uid: String
  /// RFC 3339, so later is greater.
  var created: String
  /// The version of the template it was made from; pods of one version are as good as each other.
  var template: String
  var isReady: Bool
  var isEnding: Bool
  /// Whether its containers have run and will not run again.
  var isOver: Bool
  /// The images its containers are to run, also those of which nothing has been heard yet.
  var images: [String]
  var containers: [Container]

  init?(_ pod: JSON) {
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
  }
}

extension ClusterPod.Container {
  init?(_ status: JSON) {
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
