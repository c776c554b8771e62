import Command
import Records
import Settings

/// The releases of a cluster, or of podman on this machine, one line for each: those that draft has released, or all of them.
///
/// The labels that draft-release leaves say what is to be told of its own releases, so that none of their charts is fetched. What
/// helm was used on by hand since, and what draft has not released, is fetched to be told.
///
/// - Parameter namespace: nil means that of the settings; `everywhere` all of them.
public func list(everywhere: Bool, all: Bool, settings: Settings, call: Call) throws -> [Record] {
  let namespace = everywhere ? nil : settings.namespace
  switch try Engine(settings: settings, call: call, reading: true) {
  case .podman:
    return try PodmanState.list(namespace: namespace).map { found in
      record(Release(found), settings: settings)
    }
  case .helm(let context):
    let storage = try HelmStorage(context: context, call: call)
    let entries = try storage.newest(all ? "" : "draft", namespace: namespace)
    var told: [String: Record] = [:]
    for entry in entries { told[entry.key] = DraftLabels(entry).map { record(Release(entry, context, chart: $0.chart, appVersion: $0.appVersion, updated: $0.updated), settings: settings) } }
    try storage.read(entries.filter { told[$0.key] == nil }) { entry, result in
      switch result {
      case .success(let stored): told[entry.key] = record(Release(entry, context, chart: stored.chart, appVersion: stored.appVersion, updated: stored.updated), settings: settings)
      case .failure(let error):
        call.report(error)
        var line = record(Release(entry, context), settings: settings)
        line.set(Failure(by: call.name, code: error.exitCode, message: error.message, hint: error.hint))
        told[entry.key] = line
      }
    }
    return entries.compactMap { told[$0.key] }
  }
}

/// The table of it, for a person.
public func listTable(_ records: [Record]) throws -> String {
  try table(["NAME", "NAMESPACE", "REVISION", "STATUS", "UPDATED", "CHART", "APP VERSION"], records.compactMap { record in
    guard let release = try record.member(Release.self) else { return nil }
    return [
      release.name, release.namespace, String(release.revision), release.status, release.updated ?? "", release.chart ?? (record.has(Failure.name) ? "(cannot be read)" : ""),
      release.appVersion ?? "",
    ]
  })
}

private func record(_ release: Release, settings: Settings) -> Record {
  var record = Record()
  record.set(line(release.name, namespace: release.namespace, settings: settings))
  record.set(release)
  return record
}

extension HelmStorage.Entry {
  var key: String { "\(namespace)/\(name)" }
}

extension Release {
  init(_ entry: HelmStorage.Entry, _ context: KubeContext, chart: String? = nil, appVersion: String? = nil, updated: Instant? = nil) {
    self.init(
      name: entry.name, namespace: entry.namespace, revision: entry.revision, status: entry.status, changed: false, engine: "helm", context: context.name, chart: chart,
      appVersion: appVersion, updated: updated?.text)
  }
}
