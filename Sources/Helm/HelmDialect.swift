import Command
import Records

/// What helm 4 wants said otherwise than helm 3, in one place; everywhere else it is said as helm 3 has it.
///
/// - `--wait` takes a strategy. `watcher` follows the objects instead of asking every two seconds.
/// - A new release is applied by the server, which refuses to change a field that somebody else has set since, by `kubectl scale` or
///   `kubectl edit`. Helm 3 sets it, and so do we: the chart says what runs. Helm 4 goes on with a release in the way it was last
///   applied, and refuses to force conflicts where that was not by the server; so that one is left as it is.
///
/// Releases are stored and printed alike. Source: https://helm.sh/docs/overview
package enum HelmDialect {
  case helm3
  case helm4

  /// That of the helm on PATH. One that does not tell is taken for a 3.
  package static let spoken: HelmDialect = {
    let result = try? HelmProgram.run(["version", "--short"], errors: .discard)
    return HelmDialect(version: result?.outputText ?? "")
  }()

  /// - Parameter version: `v3.17.3+ge4da497`
  package init(version: String) {
    let major = version.trimmed.drop { !$0.isNumber }.prefix { $0.isNumber }
    self = (Int(major) ?? 3) >= 4 ? .helm4 : .helm3
  }

  /// The words of a command.
  /// - Parameter newest: the release as it is; nil when there is none.
  package func words(_ arguments: [String], newest: HelmState?) -> [String] {
    guard self == .helm4 else { return arguments }
    var words = arguments.map { $0 == "--wait" ? "--wait=watcher" : $0 }
    if ["upgrade", "rollback"].contains(arguments.first), newest?.isAppliedByServer ?? true {
      words.insert(contentsOf: ["--server-side=true", "--force-conflicts"], at: 1)
    }
    return words
  }
}
