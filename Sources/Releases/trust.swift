import Archives
import Charts
import Cluster
import Command
import Helm
import Podman
import Records
import Settings

/// What the repository of an application would do to this machine and to clusters: its tasks, the kube contexts in its
/// draft.toml that are not plainly local, and, where podman runs it, what its chart wants of this machine.
///
/// Throws what is wrong with the files that say so.
/// - Parameter here: only what `draft up` would do with these settings, and not the contexts of other environments.
public func findings(_ app: App, here: Bool = false, settings: Settings, call: Call) throws -> [Trust.Finding] {
  let config = try KubeConfig()
  let contexts = try Project.contexts(of: app.dir, call: call).compactMap { environment, name -> Trust.Finding? in
    guard
      !here || environment == settings.environment && name == settings.kubeContext && settings.contextNamedIn != nil,
      let context = config.context(name), !context.isPlainlyLocal
    else { return nil }
    return .context(name, server: context.server, environment: environment)
  }
  return try (TaskFile(directory: app.dir)?.findings ?? []) + contexts
    + chartFindings(app, settings: settings, call: call)
}

/// The chart as podman would get it, with an image that is not built yet. It is not packed for that: nothing has been
/// begun.
private func chartFindings(_ app: App, settings: Settings, call: Call) throws -> [Trust.Finding] {
  // A context that there is not is told by who needs it.
  guard (try? Engine(settings: settings, call: call, reading: true)) == .podman else { return [] }
  let ready = settings.buildTar == nil ? nil : settings.chartTar
  guard let place = try ready ?? chartPlace(app, settings: settings) else { return [] }
  let chart = Chart(
    payload: Payload(path: "\(app.dir)/\(place)", mediaType: "", digest: "", size: 0), name: place, version: "")
  let image = Image(repository: app.name, tag: "0", store: "containers-storage", how: "builder", why: "")
  let order = try Order(app: app, image: image, chart: chart, settings: settings, engine: .podman, call: call)
  return reach(of: try order.rendering().manifests)
}

extension Engine {
  /// A context that only the repository names, and that is not plainly local, is one it has to be trusted with.
  func requireTrust(_ settings: Settings) throws {
    guard case .helm(let context) = self, !context.isPlainlyLocal, let directory = settings.contextNamedIn else {
      return
    }
    try Trust(home: Home()).require(
      [.context(context.name, server: context.server, environment: settings.environment)], of: directory)
  }
}

extension Order {
  /// Throws ``TrustError`` for a chart that wants of this machine what its repository was not allowed.
  func requireTrust(_ rendering: Rendering, home: Home) throws {
    try Trust(home: home).require(reach(of: rendering.manifests), of: app.dir)
  }
}
