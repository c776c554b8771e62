import Command
import Records

/// The revisions of the line's release, the newest first.
/// - Parameter limit: of the newest, how many; the others are not fetched.
public func history(_ record: Record, limit: Int, call: Call) throws -> History {
  let subject = try Subject(record, call: call, reading: true)
  switch subject.engine {
  case .podman:
    let state = try PodmanState.read(subject.app)
    guard !state.revisions.isEmpty else { throw ReleaseError.noRelease(name: subject.name, place: "podman on this machine") }
    return History(state.revisions.reversed().prefix(limit).map { revision in
      History.Revision(
        revision: revision.number, status: revision.number == state.current?.number && revision.isRunning ? "deployed" : "stopped", updated: revision.created?.text,
        chart: revision.chart, appVersion: revision.appVersion, buildID: revision.buildID, description: "draft \(revision.digest)")
    })
  case .helm(let context):
    let storage = try HelmStorage(context: context, call: call)
    let entries = try storage.revisions(subject.name, namespace: subject.namespace)
    guard !entries.isEmpty else { throw ReleaseError.noRelease(name: subject.name, place: storage.place(subject.namespace)) }
    var revisions: [History.Revision] = []
    try storage.read(Array(entries.prefix(limit))) { entry, result in
      switch result {
      case .success(let stored):
        revisions.append(History.Revision(
          revision: entry.revision, status: stored.state.status, updated: stored.updated?.text, chart: stored.chart, appVersion: stored.appVersion,
          image: stored.image, buildID: stored.buildID, description: stored.state.description))
      case .failure(let error):
        // One that is broken does not hide the others.
        call.warn(error.message)
        revisions.append(History.Revision(revision: entry.revision, status: entry.status, description: "(cannot be read)"))
      }
    }
    return History(revisions)
  }
}

/// What a person is told of it.
public func historyTable(_ record: Record) throws -> String {
  guard let history = try record.member(History.self) else { return "" }
  return table(["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "BUILD", "DESCRIPTION"], history.revisions.map { revision in
    [
      String(revision.revision), revision.updated ?? "", revision.status, revision.chart ?? "", revision.appVersion ?? "", revision.buildID ?? "",
      // The digest is for draft to compare.
      revision.description.hasPrefix("draft sha256:") ? "released by draft" : revision.description,
    ]
  })
}
