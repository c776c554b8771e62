import Command
import Records

/// The differences between helm 4 and helm 3, in one place; everywhere else arguments are written for helm 3.
///
/// - `--wait` takes a strategy. `watcher` follows the objects instead of asking every two seconds.
/// - A new release uses server-side apply, which refuses to change a field that someone has set since, by `kubectl
///   scale` or `kubectl edit`. Helm 3 sets it, and so do we: the chart decides what runs. Helm 4 keeps the way a
///   release was last applied, and refuses to force conflicts unless that was server-side; such a release is left as it
///   is.
///
/// What differs in the rendering of a chart is in `Charts/Render/Dialect.swift`. Releases are stored and printed in the
/// same form. Source: https://helm.sh/docs/overview
package enum HelmDialect {
  case helm3
  case helm4

  /// The version of the helm on PATH; 3 if there is none or it does not tell. A helm that is a program of Go is not
  /// started for that.
  package static let spoken: HelmDialect = {
    guard let path = HelmProgram.path else { return .helm3 }
    if let package = GoProgram.package(of: path), let dialect = HelmDialect(package: package) { return dialect }
    let result = try? HelmProgram.run(["version", "--short"], errors: .discard, seconds: 20)
    return HelmDialect(version: result?.outputText ?? "")
  }()

  /// - Parameter package: `helm.sh/helm/v4/cmd/helm`; anything else is nil.
  package init?(package: String) {
    guard package.hasPrefix("helm.sh/helm/v") else { return nil }
    self.init(version: package)
  }

  /// - Parameter version: `v3.17.3+ge4da497`
  package init(version: String) {
    let major = version.trimmed.drop { !$0.isNumber }.prefix { $0.isNumber }
    self = (Int(major) ?? 3) >= 4 ? .helm4 : .helm3
  }

  /// The arguments of a command.
  /// - Parameter newest: the current release; nil if there is none.
  package func words(_ arguments: [String], newest: HelmState?) -> [String] {
    guard self == .helm4 else { return arguments }
    var words = arguments.map { $0 == "--wait" ? "--wait=watcher" : $0 }
    if ["upgrade", "rollback"].contains(arguments.first), newest?.isAppliedByServer ?? true {
      words.insert(contentsOf: ["--server-side=true", "--force-conflicts"], at: 1)
    }
    return words
  }
}
