import Cluster
import Command
import Helm
import Podman
import Records
import YAML

/// The state of a record's release: sets `release` as it is now, and `status`. Throws ``HelmError`` or ``PodmanError``,
/// also if there is no such release.
/// - Returns: whether everything is healthy.
public func status(_ record: inout Record, call: Call) throws -> Bool {
  let subject = try Subject(record, call: call, reading: true)
  var found: (release: Release, status: Status)
  switch subject.engine {
  case .helm(let context): found = try status(subject, context: context, call: call)
  case .podman: found = try podmanStatus(subject)
  }
  found.release.ask()
  record.set(found.release)
  record.set(found.status)
  return found.status.well
}

private func status(_ subject: Subject, context: KubeContext, call: Call) throws -> (Release, Status) {
  let ahead = StatusAhead.all(call).take(subject, context)
  let stored =
    try ahead?.stored.get()
    ?? HelmStorage(context: context, call: call).read(subject.name, namespace: subject.namespace)
  let state = stored.state
  let objects: [JSON]
  do { objects = try json(stream: Array(state.manifest.utf8)) } catch {
    throw HelmError.unreadableRelease(name: subject.name, reason: "its manifest is not YAML")
  }
  let kubectl = Kubectl(context: context, call: call)
  let live = try LiveObjects(objects, namespace: subject.namespace, context: context, call: call, group: ahead?.group)
  let (workloads, pods, missing) = try Workloads(kubectl: kubectl, namespace: subject.namespace, group: ahead?.group)
    .read(live)
  let release = Release(
    name: subject.name, namespace: subject.namespace, revision: state.revision, status: state.status, changed: false,
    objects: objects.compactMap(objectName),
    notes: state.notes,
    urls: Addresses(objects: objects, namespace: subject.namespace, context: context, call: call, live: live).urls(),
    engine: "helm",
    context: context.name, chart: stored.chart, appVersion: stored.appVersion, updated: stored.updated?.text)
  let well = state.status == "deployed" && missing.isEmpty && workloads.allSatisfy(\.well)
  return (release, Status(well: well, reason: reason(state), workloads: workloads, pods: pods, missing: missing))
}

/// Why a release is not deployed.
private func reason(_ state: HelmState) -> String? {
  switch state.status {
  case "deployed": nil
  case "pending-install": "an installation is running, or was killed half-way"
  case "pending-upgrade": "an upgrade is running, or was killed half-way"
  case "pending-rollback": "a rollback is running, or was killed half-way"
  case "uninstalling": "it is being uninstalled, or that was interrupted"
  case "failed": state.description.isEmpty ? "failed" : state.description
  case let other: other
  }
}

private func podmanStatus(_ subject: Subject) throws -> (Release, Status) {
  let state = try PodmanState.read(subject.app)
  guard let newest = state.current ?? state.revisions.last else { throw PodmanError.noRelease(name: subject.name) }
  let look = try PodmanLook(newest.watched)
  var pods: [Status.Pod] = [], workloads: [Status.Workload] = []
  for (pod, watched) in zip(newest.pods, look.pods) {
    // The pod of workload `web` at revision 3 is `web-3`.
    let workload = "Pod/\(pod.name)"
    let containers = look.states.filter { watched.containers.contains($0.name) }.map { container in
      let trouble = look.trouble(container, in: watched)
      return Status.Pod(
        name: container.name, workload: workload, phase: container.status, ready: trouble == nil,
        restarts: container.restarts, reason: trouble)
    }
    let ready = containers.filter(\.ready).count, well = ready == containers.count && pod.status == "Running"
    workloads.append(
      Status.Workload(
        name: workload, ready: ready, wanted: containers.count, well: well,
        reason: well ? nil : pod.status == "Running" ? look.reason(pod.name) : pod.status.lowercased()))
    pods += containers
  }
  return (
    Release((subject.name, subject.namespace, state)),
    Status(well: newest.isRunning && workloads.allSatisfy(\.well), workloads: workloads, pods: pods)
  )
}

extension Release {
  init(_ found: (name: String, namespace: String, state: PodmanState)) {
    let newest = found.state.current ?? found.state.revisions.last
    self.init(
      name: found.name, namespace: found.namespace, revision: newest?.number ?? 0,
      status: newest?.isRunning == true ? "deployed" : "stopped", changed: false,
      objects: newest?.objects ?? [], urls: newest?.ports.compactMap(\.url) ?? [], engine: "podman",
      chart: newest?.chart, appVersion: newest?.appVersion,
      updated: newest?.created?.text)
  }
}

/// The status as text for a terminal.
public func statusText(_ record: Record) throws -> String {
  guard let release = try record.member(Release.self), let status = try record.member(Status.self) else { return "" }
  var lines = ["\(release.name): \(status.well ? "OK" : "not well")"]
  let facts = [
    "revision \(release.revision) \(release.status)", release.updated, release.chart.map { "chart \($0)" },
    "namespace \(release.namespace)", release.engine
  ]
  lines.append("  " + facts.compactMap(\.self).joined(separator: ", "))
  if let reason = status.reason { lines.append("  \(release.status): \(reason)") }
  for workload in status.workloads {
    // A CronJob need not have a pod.
    let count =
      workload.name.hasPrefix("CronJob/") && workload.wanted == 0 ? nil : "\(workload.ready)/\(workload.wanted) ready"
    lines.append("  \(workload.name) " + [count, workload.reason].compactMap(\.self).joined(separator: ", "))
    for pod in status.pods where pod.workload == workload.name {
      let facts = [
        pod.phase, pod.ready ? nil : pod.reason ?? "not ready",
        pod.restarts == 0 ? nil : "\(pod.restarts) restart\(pod.restarts == 1 ? "" : "s")"
      ]
      lines.append("      \(pod.name) " + facts.compactMap(\.self).joined(separator: ", "))
    }
  }
  for name in status.missing { lines.append("  \(name) is missing") }
  for url in release.urls {
    let refusal = release.status(of: url).flatMap { $0 < 400 ? nil : ", answers \($0): draft logs \(release.name)" }
    lines.append("  Located at: \(url)" + (refusal ?? ""))
  }
  return lines.joined(separator: "\n").indented(by: 0)
}
