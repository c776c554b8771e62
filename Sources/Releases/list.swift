import Cluster
import Command
import Helm
import Podman
import Records
import Settings

/// The releases of a cluster, or of podman on this machine, one record for each: those made by draft, or all of them.
///
/// draft-release labels its releases with what is listed, so that their charts need not be read. Releases that were
/// changed by helm since, or not made by draft, are read in full.
///
/// - Parameter namespace: nil means that of the settings; `everywhere`: all of them.
public func list(everywhere: Bool, all: Bool, settings: Settings, call: Call) throws -> [Record] {
  let namespace = everywhere ? nil : settings.namespace
  switch try Engine(settings: settings, call: call, reading: true) {
  case .podman:
    return try PodmanState.list(namespace: namespace).map { found in
      record(Release(found), settings: settings)
    }
  case .helm(let context):
    let storage = try HelmStorage(context: context, call: call)
    if all {
      return try storage.newest(namespace: namespace) { entry, body in
        Release(told: entry, context).map { .success($0) }
          ?? StoredRelease.result(body, entry, kind: storage.kind).map { Release(entry, context, $0) }
      }.map { found in record(found.entry, context, found.kept, settings: settings, call: call) }
    }
    let entries = try storage.newest("draft", namespace: namespace)
    var told: [String: Record] = [:]
    for entry in entries { told[entry.key] = Release(told: entry, context).map { record($0, settings: settings) } }
    try storage.read(entries.filter { told[$0.key] == nil }) { entry, result in
      told[entry.key] = record(
        entry, context, result.map { Release(entry, context, $0) }, settings: settings, call: call)
    }
    return entries.compactMap { told[$0.key] }
  }
}

/// The list as a table for a terminal.
public func listTable(_ records: [Record]) throws -> String {
  try table(
    ["NAME", "NAMESPACE", "REVISION", "STATUS", "UPDATED", "CHART", "APP VERSION"],
    records.compactMap { record in
      guard let release = try record.member(Release.self) else { return nil }
      return [
        release.name, release.namespace, String(release.revision), release.status, release.updated ?? "",
        release.chart ?? (record.has(Failure.name) ? "(cannot be read)" : ""),
        release.appVersion ?? ""
      ]
    })
}

/// The record of a release, as ``list(everywhere:all:settings:call:)`` writes it.
public func listed(_ release: Release, settings: Settings) -> Record { record(release, settings: settings) }

private func record(_ release: Release, settings: Settings) -> Record {
  var record = Record()
  record.set(line(release.name, namespace: release.namespace, settings: settings))
  record.set(release)
  return record
}

private func record(
  _ entry: HelmStorage.Entry, _ context: KubeContext, _ found: Result<Release, HelmError>, settings: Settings,
  call: Call
) -> Record {
  switch found {
  case .success(let release): return record(release, settings: settings)
  case .failure(let error):
    call.report(error)
    var line = record(Release(entry, context), settings: settings)
    line.set(Failure(by: call.name, code: error.exitCode, message: error.message, hint: error.hint))
    return line
  }
}

extension HelmStorage.Entry {
  var key: String { "\(namespace)/\(name)" }
}

extension Release {
  /// From the labels of draft-release; nil if they are not of this revision.
  fileprivate init?(told entry: HelmStorage.Entry, _ context: KubeContext) {
    guard let labels = DraftLabels(entry) else { return nil }
    self.init(entry, context, chart: labels.chart, appVersion: labels.appVersion, updated: labels.updated)
  }

  fileprivate init(_ entry: HelmStorage.Entry, _ context: KubeContext, _ stored: StoredRelease) {
    self.init(entry, context, chart: stored.chart, appVersion: stored.appVersion, updated: stored.updated)
  }

  init(
    _ entry: HelmStorage.Entry, _ context: KubeContext, chart: String? = nil, appVersion: String? = nil,
    updated: Instant? = nil
  ) {
    self.init(
      name: entry.name, namespace: entry.namespace, revision: entry.revision, status: entry.status, changed: false,
      engine: "helm", context: context.name, chart: chart,
      appVersion: appVersion, updated: updated?.text)
  }
}
