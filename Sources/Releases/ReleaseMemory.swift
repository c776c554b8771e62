import Helm
import Synchronization

/// What a run of draft-release remembers from record to record.
final class ReleaseMemory: Sendable {
  struct State {
    /// What it has made of each release before, by the place of that, and what is heard of it since.
    var made: [String: (state: HelmState, watch: ReleaseWatch?)] = [:]
    /// What it has released: the cluster, and everything of an order but the image.
    var validated: Set<String> = []
    /// The orders that are known to be new.
    var told: Set<String> = []
    /// It has been said that there is no registry.
    var hasWarned = false
  }

  let state = Mutex(State())
}
