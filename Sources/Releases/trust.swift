import Archives
import Charts
import Cluster
import Command
import Helm
import Podman
import Records
import Settings

/// What an application's repository would do to this machine and to clusters: its tasks, the kube contexts in its
/// draft.toml that are not plainly local, and, with podman, what its chart uses of this machine.
///
/// Throws errors of the files it reads.
/// - Parameter here: only what `draft up` would do with these settings, without the contexts of other environments.
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

/// The chart as podman would get it, with an image that is not built yet. It is not packed, because nothing has been
/// started.
private func chartFindings(_ app: App, settings: Settings, call: Call) throws -> [Trust.Finding] {
  // A missing context is reported by the code that needs it.
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
  /// Requires trust in the repository if only it names the context and the context is not plainly local.
  func requireTrust(_ settings: Settings) throws {
    guard case .helm(let context) = self, !context.isPlainlyLocal, let directory = settings.contextNamedIn else {
      return
    }
    try Trust(home: Home()).require(
      [.context(context.name, server: context.server, environment: settings.environment)], of: directory,
      file: settings.contextFile)
  }
}

extension Order {
  /// Throws ``TrustError`` if the chart uses more of this machine than its repository was allowed.
  func requireTrust(_ rendering: Rendering, home: Home) throws {
    try Trust(home: home).require(reach(of: rendering.manifests), of: app.dir)
  }
}
