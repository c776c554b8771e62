import Command
import Helm
import Records
import Settings

extension Patience {
  /// Waits until the cluster of a record answers.
  public static let forCluster = Patience(isAway: isUnreachable) { record, call in
    do {
      let app = try record.required(App.self), settings = try Settings(for: app, call: call)
      guard case .helm(let context) = try Engine(settings: settings, call: call) else { return true }
      _ = try HelmState.newest(app.name, namespace: settings.namespace, context: context, call: call)
      return true
    } catch { return !isUnreachable(error) }
  }
}
