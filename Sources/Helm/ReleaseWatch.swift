import Cluster
import Command
import Records

/// Watches the revisions of a release, by one kubectl that keeps running between the records of a stage: changes made
/// by hand are then known when the next record comes, without a slow query.
///
/// If the watch has ended, nothing is known and the caller has to ask the cluster.
package final class ReleaseWatch: @unchecked Sendable {
  /// The revisions that are not superseded, according to the events.
  struct Revisions {
    private var statuses: [Int: String] = [:]

    /// Takes one event: `MODIFIED 3 deployed`.
    mutating func take(_ line: String) {
      let words = line.split { $0 == " " || $0 == "\n" }
      guard words.count == 3, let revision = Number.whole(words[1]) else { return }
      statuses[revision] = words[0] == "DELETED" ? nil : String(words[2])
    }

    /// Whether this revision is deployed and the newest.
    func isNewest(_ revision: Int) -> Bool { statuses[revision] == "deployed" && statuses.keys.max() == revision }
  }

  private let lock = Lock()
  private var revisions = Revisions()
  private var hasEnded = false

  package init(_ name: String, namespace: String, context: KubeContext, call: Call) {
    // A superseded revision no longer matches the selector, so it is reported as deleted.
    let words = [
      "get", "secrets", "--watch", "--output-watch-events", "--namespace=\(namespace)", "--context=\(context.name)",
      "--selector=owner=helm,name=\(name),status!=superseded",
      "--output=jsonpath={.type} {.object.metadata.labels.version} {.object.metadata.labels.status}{\"\\n\"}"
    ]
    Thread.detach { [self] in
      let result = try? Kubectl.run(
        words, output: .lines { [self] line in lock.locked { revisions.take(line) } }, call: call)
      lock.locked { hasEnded = true }
      call.debug("the watch of release '\(name)' ended: \(result?.errorText.trimmed ?? "")")
    }
  }

  package var isOver: Bool { lock.locked { hasEnded } }

  /// Whether the cluster has reported this revision as deployed and as the newest.
  package func isNewest(_ revision: Int) -> Bool { lock.locked { !hasEnded && revisions.isNewest(revision) } }
}
