import Command
import Glibc
import Records

/// Keeps the list of a release's pods up to date. One kubectl for each workload lists its pods once and watches from
/// there; when the cluster ends the watch, or cannot be reached for a while, it starts over.
package final class PodWatch: @unchecked Sendable {
  private let kubectl: Kubectl
  /// Called with all pods of a workload, the oldest first; on one thread at a time.
  private let changed: @Sendable (Workload, [ClusterPod]) -> Void
  private var watched: [Workload] = []
  private let lock = Lock()

  package init(kubectl: Kubectl, changed: @escaping @Sendable (Workload, [ClusterPod]) -> Void) {
    self.kubectl = kubectl
    self.changed = changed
  }

  /// Starts watching workloads that are not watched yet; their first list has been reported when this returns. Throws
  /// ``ClusterError``.
  package func add(_ workloads: [Workload]) throws {
    for workload in workloads {
      guard
        lock.locked({ () -> Bool in
          if watched.contains(where: { $0.key == workload.key }) { return false }
          watched.append(workload)
          return true
        })
      else { continue }
      let list = try self.list(workload)
      tell(workload, list.pods)
      Thread.detach { [self] in watch(workload, list) }
    }
  }

  private struct List {
    /// By uid.
    var pods: [String: ClusterPod]
    var version: String
  }

  private func path(_ workload: Workload) -> String {
    "/api/v1/namespaces/\(workload.namespace)/pods?\(workload.query)"
  }

  private func list(_ workload: Workload) throws -> List {
    let answer = try kubectl.get(path(workload), doing: "list the pods of '\(workload.name)'")
    var pods: [String: ClusterPod] = [:]
    for pod in ClusterPod.all(in: answer) { pods[pod.uid] = pod }
    return List(pods: pods, version: answer["metadata"]?["resourceVersion"]?.string ?? "0")
  }

  private func tell(_ workload: Workload, _ pods: [String: ClusterPod]) {
    let sorted = pods.values.sorted { ($0.created, $0.name) < ($1.created, $1.name) }
    lock.locked { changed(workload, sorted) }
  }

  private func watch(_ workload: Workload, _ first: List) {
    let pods = Known(first.pods, version: first.version)
    while true {
      let query = "&watch=1&allowWatchBookmarks=true&timeoutSeconds=1800&resourceVersion=\(pods.version)"
      let words = ["get", "--raw", path(workload) + query, "--context=\(kubectl.context.name)"]
      let result = try? Kubectl.run(
        words, output: .lines { [self] line in if pods.take(line) { tell(workload, pods.all) } }, call: kubectl.call)
      if result?.succeeded != true {
        kubectl.call.debug("the watch of \(workload.name) ended: \(result?.errorText.trimmed ?? "")")
      }
      // If the watch ended normally, continue it. Otherwise the server may have dropped the versions in between: list
      // again.
      if result?.succeeded == true, !pods.isStale { usleep(200_000); continue }
      while true {
        usleep(500_000)
        guard let list = try? list(workload) else { continue }
        pods.replace(by: list.pods, version: list.version)
        tell(workload, pods.all)
        break
      }
    }
  }

  /// What one watch knows; changed only on the watch's own thread.
  private final class Known: @unchecked Sendable {
    private(set) var all: [String: ClusterPod]
    private(set) var version: String
    private(set) var isStale = false

    init(_ pods: [String: ClusterPod], version: String) {
      all = pods
      self.version = version
    }

    func replace(by pods: [String: ClusterPod], version: String) {
      all = pods
      self.version = version
      isStale = false
    }

    /// Takes one event of the API; false if it changes nothing.
    func take(_ line: String) -> Bool {
      guard let event = try? JSON(parsing: Array(line.utf8)), let type = event["type"]?.string,
        let object = event["object"]
      else { return false }
      if type == "ERROR" { isStale = true; return false }
      if let version = object["metadata"]?["resourceVersion"]?.string { self.version = version }
      guard type != "BOOKMARK", let pod = ClusterPod(object) else { return false }
      let before = all[pod.uid]
      all[pod.uid] = type == "DELETED" ? nil : pod
      return before != all[pod.uid]
    }
  }
}
