import Cluster
import Command
import Records
import Settings

/// The kube context that the settings select: the named one, else the current one if it is plainly local.
/// - Throws: ``ClusterError`` if there is none, or if it may not be used without being named.
public func contextName(_ settings: Settings) throws -> String {
  let engine: Engine
  do { engine = try Engine(named: settings.kubeContext, config: try KubeConfig()) } catch ClusterError.notLocal(
    let context, let server, _)
  {
    throw ClusterError.notLocal(context: context, server: server, orPodman: false)
  }
  try engine.requireTrust(settings)
  guard case .helm(let context) = engine else {
    throw ClusterError.kubeConfig(
      path: environmentVariable("KUBECONFIG") ?? "~/.kube/config", reason: "it names no current context")
  }
  return context.name
}
