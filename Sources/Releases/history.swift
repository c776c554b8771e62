import Cluster
import Command
import Helm
import Podman
import Records

/// The revisions of the record's release, the newest first.
/// - Parameter limit: how many of the newest; the others are not read.
public func history(_ record: Record, limit: Int, call: Call) throws -> History {
  let subject = try Subject(record, call: call, reading: true)
  switch subject.engine {
  case .podman:
    let state = try PodmanState.read(subject.app)
    guard !state.revisions.isEmpty else { throw PodmanError.noRelease(name: subject.name) }
    return History(
      state.revisions.reversed().prefix(limit).map { revision in
        History.Revision(
          revision: revision.number,
          status: revision.number == state.current?.number && revision.isRunning ? "deployed" : "stopped",
          updated: revision.created?.text,
          chart: revision.chart, appVersion: revision.appVersion, buildID: revision.buildID,
          description: "draft \(revision.digest)")
      })
  case .helm(let context):
    let found =
      try HistoryAhead.all(call).take(subject, context)?.revisions ?? read(subject, context, limit: limit, call: call)
    guard !found.isEmpty else {
      throw HelmError.noRelease(
        name: subject.name, place: try HelmStorage(context: context, call: call).place(subject.namespace))
    }
    return History(
      found.map { entry, revision in
        do throws(HelmError) { return try revision.get() } catch {
          // A broken revision does not hide the others.
          call.warn(error.message)
          return History.Revision(revision: entry.revision, status: entry.status, description: "(cannot be read)")
        }
      })
  }
}

private func read(_ subject: Subject, _ context: KubeContext, limit: Int, call: Call) throws -> [(
  HelmStorage.Entry, Result<History.Revision, HelmError>
)] {
  let storage = try HelmStorage(context: context, call: call)
  var found: [(HelmStorage.Entry, Result<History.Revision, HelmError>)] = []
  try storage.read(Array(storage.revisions(subject.name, namespace: subject.namespace).prefix(limit))) {
    entry, result in
    found.append((entry, result.map { History.Revision(entry, $0) }))
  }
  return found
}

extension History.Revision {
  init(_ entry: HelmStorage.Entry, _ stored: StoredRelease) {
    self.init(
      revision: entry.revision, status: stored.state.status, updated: stored.updated?.text, chart: stored.chart,
      appVersion: stored.appVersion, image: stored.image,
      buildID: stored.buildID, description: stored.state.description)
  }
}

/// The history as text for a terminal.
public func historyTable(_ record: Record) throws -> String {
  guard let history = try record.member(History.self) else { return "" }
  return table(
    ["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "BUILD", "DESCRIPTION"],
    history.revisions.map { revision in
      [
        String(revision.revision), revision.updated ?? "", revision.status, revision.chart ?? "",
        revision.appVersion ?? "", revision.buildID ?? "",
        // The digest is only for draft.
        revision.description.hasPrefix("draft sha256:") ? "released by draft" : revision.description
      ]
    })
}
