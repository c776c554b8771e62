import Cluster
import Command
import Records
import Settings

/// The kube contexts that a file of environments names and that are not plainly local.
/// - Throws: errors of the file and of the kubeconfig.
package func contextFindings(_ path: String) throws -> [Trust.Finding] {
  let file = try EnvironmentFile(path), config = try KubeConfig()
  return file.environments.compactMap { environment in
    guard let name = environment.provider?.context, let context = config.context(name), !context.isPlainlyLocal else {
      return nil
    }
    return .context(name, server: context.server, environment: environment.name)
  }
}
