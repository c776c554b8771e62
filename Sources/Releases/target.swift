import Cluster
import Command
import Helm
import Podman
import Records
import Settings

/// Where a release of the record would go. Does not ask the cluster; the server of the setting `remote` is looked up
/// elsewhere.
/// - Parameter versions: whether to ask the engine for its version, which starts a process.
public func target(_ record: Record, versions: Bool = true, call: Call) throws -> Target {
  let app = try record.required(App.self), settings = try Settings(for: app, call: call)
  let engine: Engine
  var allowed = true
  do { engine = try Engine(settings: settings, call: call) } catch  where error is TrustError || error.isNotLocal {
    // A context that draft-release would refuse is shown too.
    engine = try Engine(settings: settings, call: call, reading: true)
    allowed = false
  }
  var target = Target(
    engine: engine.name, allowed: allowed, namespace: settings.namespace, registry: settings.registry,
    builder: settings.builder)
  target.remote = settings.remote
  switch engine {
  case .helm(let context):
    target.engineVersion =
      versions
      ? version { try HelmProgram.run(["version", "--template={{.Version}}"], errors: .discard, seconds: 60) } : nil
    target.context = context.name
    target.contextSource = try source(settings, app, call)
    target.server = context.server
  case .podman:
    target.engineVersion =
      versions
      ? version {
        try Podman.run(["version", "--format={{.Client.Version}}"], errors: .discard, doing: "print its version")
      } : nil
  }
  return target
}

extension Error {
  fileprivate var isNotLocal: Bool { if case .notLocal? = self as? ClusterError { true } else { false } }
}

/// Where the context was named. The record carries only the name.
private func source(_ settings: Settings, _ app: App, _ call: Call) throws -> String {
  guard let context = settings.kubeContext else { return "current" }
  // The record's environment may differ from the one of the settings here.
  let own = try? Project.settings(of: app.dir, call: call)
  return (own?.environment == settings.environment && own?.kubeContext == context ? own : nil).map {
    $0.source(of: Key.kubeContext.name)
  }
    ?? settings.source(of: Key.kubeContext.name)
}

/// nil if the program is missing or does not print its version.
private func version(_ ask: () throws -> Child.Result) -> String? {
  guard let result = try? ask(), result.succeeded else { return nil }
  let text = result.outputText.trimmed
  return text.isEmpty ? nil : text
}

/// The target as text for a terminal.
public func targetText(_ record: Record) throws -> String {
  guard let app = try record.member(App.self), let target = try record.member(Target.self) else { return "" }
  let named = (target.contextSource ?? "current") != "current"
  let refused =
    target.allowed
    ? ""
    : ", not plainly local: draft releases there only if "
      + (named
        ? "its directory is trusted, see draft-trust(1), or it is named by --kube-context"
        : "it is named by --kube-context or in draft.toml")
  let lines: [(String, String?)] = [
    ("application", "\(app.name), environment \(app.environment)"),
    ("engine", "\(target.engine) \(target.engineVersion ?? "(not found)")"),
    ("context", target.context.map { "\($0) (\(target.contextSource ?? "current"))\(refused)" }),
    ("cluster", target.context == nil ? "this machine" : target.server ?? "(no address)"),
    ("namespace", target.namespace), ("registry", target.registry ?? "none: images are not pushed"),
    ("builder", target.builder),
    (
      "remote",
      target.remote.map { place in
        place
          + (target.remoteTrouble.map { ": \($0)" } ?? target.remoteImage.map {
            ", \(target.remoteReady == true ? "ready" : "not ready"), from \($0)"
          } ?? "")
      }
    )
  ]
  let words = lines.compactMap { name, text in text.map { name + String(repeating: " ", count: 13 - name.count) + $0 } }
  return words.joined(separator: "\n").indented(by: 0)
}
