import Cluster
import Command
import Helm
import Podman
import Records
import Releases
import Settings
import YAML

/// What runs of an application, for the commands that look at it. All of it comes from the cluster or from podman, by
/// the application's name: it may have been released from another machine.
enum Running {
  case cluster(Kubectl, [Workload])
  case podman(PodmanState.Revision)

  /// - Parameter release: what the record says about where it was released to.
  /// - Throws: ``HelmError`` or ``PodmanError``: 66 when there is no such release.
  init(_ app: App, release: Release? = nil, settings: Settings, call: Call) throws {
    switch try Running.engine(release, settings: settings, call: call) {
    case .helm(let context):
      guard let state = try HelmState.newest(app.name, namespace: app.namespace, context: context, call: call) else {
        throw HelmError.noRelease(
          name: app.name, place: "namespace '\(app.namespace)' of kube context '\(context.name)'")
      }
      let objects = (try? json(stream: Array(state.manifest.utf8))) ?? []
      self = .cluster(Kubectl(context: context, call: call), Workload.all(in: objects, namespace: app.namespace))
    case .podman:
      guard let revision = try PodmanState.read(app).current else { throw PodmanError.noRelease(name: app.name) }
      self = .podman(revision)
    }
  }

  private static func engine(_ release: Release?, settings: Settings, call: Call) throws -> Engine {
    guard let release, !settings.asksForEngine else { return try Engine(settings: settings, call: call) }
    return release.engine == "podman"
      ? .podman : try Engine(named: release.context ?? settings.kubeContext, config: KubeConfig())
  }
}
