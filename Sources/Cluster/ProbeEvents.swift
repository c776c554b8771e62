import Command
import Records

/// Failed probes of a pod that is not ready, from the kubelet's Events: `Readiness probe failed: HTTP probe failed with
/// statuscode: 500`.
struct ProbeEvents {
  let kubectl: Kubectl
  let namespace: String
  private var told: Set<String> = []

  init(kubectl: Kubectl, namespace: String) {
    self.kubectl = kubectl
    self.namespace = namespace
  }

  /// Whether a container of the pod runs but its probes have not succeeded yet.
  static func concerns(_ pod: JSON) -> Bool {
    guard pod["metadata"]?["deletionTimestamp"] == nil else { return false }
    let containers = pod["status"]?["containerStatuses"]?.array ?? []
    return containers.contains { $0["ready"]?.bool == false && $0["state"]?["running"] != nil }
  }

  /// The first message that has not been reported yet; nil if there is none, or if Events may not be read. The same
  /// message about another pod is not reported again.
  mutating func news(of pods: [JSON]) -> String? {
    for pod in pods where ProbeEvents.concerns(pod) {
      guard let name = pod["metadata"]?["name"]?.string, let said = last(pod), told.insert(ProbeEvents.gist(said)).inserted
      else { continue }
      return "Pod '\(name.harmless)' is not ready: \(said)"
    }
    return nil
  }

  /// The message of the last probe of a pod that failed.
  func last(_ pod: JSON) -> String? {
    guard let uid = pod["metadata"]?["uid"]?.string else { return nil }
    let selector = Kubectl.escaped("involvedObject.uid=\(uid),reason=Unhealthy")
    let path = "/api/v1/namespaces/\(namespace)/events?fieldSelector=\(selector)"
    return (try? kubectl.get(path, doing: "read the events of a pod")).flatMap(ProbeEvents.said)
  }

  /// The newest of a list of Events, in one line.
  static func said(_ list: JSON) -> String? {
    func time(_ event: JSON) -> String { event["lastTimestamp"]?.string ?? event["eventTime"]?.string ?? "" }
    let newest = (list["items"]?.array ?? []).filter { $0["reason"]?.string == "Unhealthy" }.max { time($0) < time($1) }
    guard let text = newest?["message"]?.string else { return nil }
    // The body of an answer, or everything a command has printed.
    let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmed }.filter { !$0.isEmpty }
    let line = lines.joined(separator: " ").harmless
    return line.isEmpty ? nil : line.count > 300 ? line.prefix(299) + "…" : line
  }

  /// What is the same for each pod of a workload: the probe, and the end of the chain of errors. The pod's address is
  /// in between.
  private static func gist(_ text: String) -> String {
    let parts = text.ranges(of: ": ")
    guard let first = parts.first, let last = parts.last else { return text }
    return String(text[..<first.lowerBound] + text[last.upperBound...])
  }
}
