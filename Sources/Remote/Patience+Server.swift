import Cluster
import Command
import Records
import Settings

extension Patience {
  /// Waits for the API server through which a server is reached, and for a machine that ssh cannot reach.
  public static let forServer = Patience(isAway: isAway) { record, call in
    do {
      let settings = try Settings(for: record.required(), call: call)
      try requireServer(call.arguments["to"], settings: settings, namespace: nil, call: call)
      return true
    } catch RemoteError.notReady { return false } catch { return !isAway(error) }
  }

  static func isAway(_ error: any Error) -> Bool {
    switch error {
    case RemoteError.unreachable(let target, let said, _) where target.hasPrefix("kube"): whyClusterIsAway(said) != nil
    case RemoteError.unreachable(let target, let said, 255) where target.hasPrefix("ssh"):
      // ssh failed itself; its messages are the system's, except for two refusals that do not mean that the machine is
      // away.
      !["Permission denied", "Host key verification failed"].contains { said.contains($0) }
    default: false
    }
  }
}
