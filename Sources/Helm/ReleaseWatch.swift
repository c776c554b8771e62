import Cluster
import Command
import Records

/// Hears from the cluster which revisions of a release there are, from one kubectl that stays up between the lines of a stage: what
/// has been made by hand meanwhile is known when the next line comes, without a question that takes as long as all before it.
///
/// Nothing is told of a cluster that is not heard from; who wants to know then asks.
package final class ReleaseWatch: @unchecked Sendable {
  /// The revisions that are not superseded, by what the events say.
  struct Revisions {
    private var statuses: [Int: String] = [:]

    /// One event: `MODIFIED 3 deployed`.
    mutating func take(_ line: String) {
      let words = line.split { $0 == " " || $0 == "\n" }
      guard words.count == 3, let revision = Number.whole(words[1]) else { return }
      statuses[revision] = words[0] == "DELETED" ? nil : String(words[2])
    }

    /// Whether this one is deployed and there is none after it.
    func isNewest(_ revision: Int) -> Bool { statuses[revision] == "deployed" && statuses.keys.max() == revision }
  }

  private let lock = Lock()
  private var revisions = Revisions()
  private var hasEnded = false

  package init(_ name: String, namespace: String, context: KubeContext, call: Call) {
    // A revision that is superseded is no longer selected, and so deleted for us.
    let words = [
      "get", "secrets", "--watch", "--output-watch-events", "--namespace=\(namespace)", "--context=\(context.name)",
      "--selector=owner=helm,name=\(name),status!=superseded",
      "--output=jsonpath={.type} {.object.metadata.labels.version} {.object.metadata.labels.status}{\"\\n\"}",
    ]
    Thread.detach { [self] in
      let result = try? Kubectl.run(words, output: .lines { [self] line in lock.locked { revisions.take(line) } }, call: call)
      lock.locked { hasEnded = true }
      call.debug("the watch of release '\(name)' ended: \(result?.errorText.trimmed ?? "")")
    }
  }

  package var isOver: Bool { lock.locked { hasEnded } }

  /// Whether the cluster says that this revision is deployed and that there is none after it.
  package func isNewest(_ revision: Int) -> Bool { lock.locked { !hasEnded && revisions.isNewest(revision) } }
}
