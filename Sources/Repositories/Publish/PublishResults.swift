import Command
import Records

/// What was published together, until the line of each chart is written.
package final class PublishResults: @unchecked Sendable {
  private var results: [String: Result<(chart: Chart, publish: Publish), any Error>] = [:]
  private let lock = Lock()

  package init() {}

  /// - Parameter body: publishes all of them or none.
  package func add(
    _ sources: [PublishSource], to url: String, _ body: () throws -> [(chart: Chart, publish: Publish)]
  ) {
    do {
      let done = try body()
      lock.locked { for (source, one) in zip(sources, done) { results[key(source, url)] = .success(one) } }
    } catch {
      let failure = error as? PublishFailure
      let at = failure?.index ?? 0, cause = failure?.error ?? error
      lock.locked {
        for source in sources { results[key(source, url)] = .failure(PublishError.together(sources[at].path)) }
        results[key(sources[at], url)] = .failure(cause)
      }
    }
  }

  /// Publishes none, because a line before or behind them is broken.
  package func refuse(_ sources: [PublishSource], to url: String, because path: String) {
    lock.locked {
      for source in sources { results[key(source, url)] = .failure(PublishError.together(path)) }
    }
  }

  /// nil if it was not published with others.
  package func take(_ source: PublishSource, to url: String) throws -> (chart: Chart, publish: Publish)? {
    try lock.locked { results[key(source, url)] }?.get()
  }

  private func key(_ source: PublishSource, _ url: String) -> String { "\(url)\0\(source.path)" }
}
