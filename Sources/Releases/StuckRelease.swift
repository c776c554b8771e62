import Cluster
import Command
import Helm
import Records

/// Releases whose newest revision is pending: in every namespace we may read, else in the application's. A pending
/// older revision does not matter, since the release has moved on.
func checkStuck(_ context: KubeContext, _ namespace: String, _ call: Call) -> [Doctor.Check] {
  let storage: HelmStorage
  do { storage = try HelmStorage(context: context, call: call) } catch {
    return [.init("releases", .warning, "cannot be checked: \(error.message)", hint: error.hint)]
  }
  for place in [nil, namespace] {
    guard let newest = try? storage.newest(namespace: place) else { continue }
    let stuck = newest.filter { $0.status.hasPrefix("pending-") }
    if stuck.isEmpty { return [.init("releases", .ok, "none is stuck\(place.map { " in namespace '\($0)'" } ?? "")")] }
    return stuck.prefix(10).map { entry in
      .init(
        "releases", .failure,
        "'\(entry.name)' in namespace '\(entry.namespace)' is \(entry.status) at revision \(entry.revision)",
        hint: "a helm is working on it, or was killed; in that case '\(undo(entry, storage))'")
    }
  }
  return [
    .init(
      "releases", .warning, "cannot be read in namespace '\(namespace)'",
      hint: "draft-release needs to read and write Secrets there")
  ]
}

/// The command that restores what ran last, by number: the revision before the newest may never have run. If none has
/// run, it uninstalls the release.
private func undo(_ entry: HelmStorage.Entry, _ storage: HelmStorage) -> String {
  let revisions = (try? storage.revisions(entry.name, namespace: entry.namespace)) ?? []
  let good = revisions.first { $0.status == "deployed" } ?? revisions.first { $0.status == "superseded" }
  let place = "--namespace \(entry.namespace.shellWord) --kube-context \(storage.context.name.shellWord)"
  return good.map { "helm rollback \(entry.name) \($0.revision) \(place)" } ?? "helm uninstall \(entry.name) \(place)"
}
