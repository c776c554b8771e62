import Cluster
import Command
import Records
import Settings

/// The kube context the settings mean: the one that is named, else the current one where that is plainly on this machine.
/// - Throws: ``ClusterError`` when there is none, or none to be used unasked.
public func contextName(_ settings: Settings) throws -> String {
  let engine: Engine
  do { engine = try Engine(named: settings.kubeContext, config: try KubeConfig()) } catch ClusterError.notLocal(let context, let server, _) {
    throw ClusterError.notLocal(context: context, server: server, orPodman: false)
  }
  try engine.requireTrust(settings)
  guard case .helm(let context) = engine else {
    throw ClusterError.kubeConfig(path: environmentVariable("KUBECONFIG") ?? "~/.kube/config", reason: "it names no current context")
  }
  return context.name
}
