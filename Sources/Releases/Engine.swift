import Cluster
import Command
import Records
import Settings

/// What runs a release: Kubernetes through helm, or podman on this machine.
package enum Engine: Equatable {
  case helm(KubeContext)
  case podman

  /// The engine of the settings; else helm if a kube context is configured, otherwise podman. A context that is not
  /// named is used only if it is plainly local. If podman is named, no kubeconfig is read.
  /// - Parameter recorded: the engine found by an earlier stage; an option overrides it.
  package init(settings: Settings, call: Call, recorded: String? = nil, reading: Bool = false) throws {
    let isAsked = settings.asksForEngine
    let wanted = isAsked ? settings.engine : recorded ?? settings.engine
    guard wanted == nil || wanted == "helm" || wanted == "podman" else { throw ReleaseError.badEngine(wanted ?? "") }
    if wanted == "podman" { self = .podman; return }
    self = try Engine(named: settings.kubeContext, config: try KubeConfig(), reading: reading)
    if !reading { try requireTrust(settings) }
    if wanted == "helm", self == .podman {
      throw ClusterError.kubeConfig(
        path: environmentVariable("KUBECONFIG") ?? "~/.kube/config", reason: "it names no current context")
    }
  }

  /// - Parameter reading: nothing will be changed, so any current context may be used.
  package init(named: String?, config: KubeConfig, reading: Bool = false) throws(ClusterError) {
    guard let name = named ?? config.current else { self = .podman; return }
    guard let context = config.context(name) else { throw .noSuchContext(name: name, files: config.files) }
    guard named != nil || reading || context.isPlainlyLocal else {
      throw .notLocal(context: name, server: context.server, orPodman: true)
    }
    self = .helm(context)
  }

  /// The kube context; nil for podman.
  package var context: String? { if case .helm(let context) = self { context.name } else { nil } }

  package var name: String { if case .helm = self { "helm" } else { "podman" } }
}
